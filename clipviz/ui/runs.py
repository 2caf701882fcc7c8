"""Starting, steering and watching runs."""

import streamlit as st
from clipviz.charts.panels import compare_panels, train_panels
from clipviz.runs.submit import ensure_runner, submit
from clipviz.ui.live_chart import RunLine, live_chart

from clipviz.charts import palette as colours
from clipviz.core.errors import ClipvizError
from clipviz.core.run import Run, State
from clipviz.store.recipes import SavedRecipe
from clipviz.ui import drafts, header, state
from clipviz.ui.text import plain


def start(saved: SavedRecipe, name: str) -> Run:
    """Queues a run of a saved recipe and wakes a runner."""
    title = plain(name, 80).strip() or f"{saved.recipe.data.target}, seed {saved.recipe.seed}"
    return submit(state.store(), state.settings(), saved.recipe, title, state.me())


def live(runs: list[Run]) -> None:
    """The live panels of one run, or the same panels with several runs laid over each other."""
    if any(not run.state.final for run in runs):
        ensure_runner(state.settings())
    palette = colours.palette(st.context.theme.type)
    lines = [
        RunLine(id=run.id, label=plain(run.name, 60), colour=palette.series[index % len(palette.series)])
        for index, run in enumerate(runs)
    ]
    series = state.store().telemetry.series(runs[0].id)
    panels = train_panels(series) if len(runs) == 1 else compare_panels(series)
    live_chart(lines, panels, key="live:" + ":".join(run.id for run in runs))


def controls(run: Run, saved: SavedRecipe) -> None:
    """Pause, resume, stop, clone, name and note; a click on a run that changed meanwhile says so."""
    with st.container(horizontal=True):
        if run.state in (State.QUEUED, State.RUNNING):
            if st.button("Pause", icon=":material/pause:", disabled=run.request == "pause"):
                _ask(run, "pause")
            if st.button("Stop", icon=":material/stop:", disabled=run.request == "stop"):
                _ask(run, "stop")
        elif run.state == State.PAUSED:
            if st.button("Resume", icon=":material/play_arrow:", type="primary"):
                _ask(run, "run")
            if st.button("Stop", icon=":material/stop:"):
                _ask(run, "stop")
        if st.button("Clone", icon=":material/content_copy:", help="Opens the form with this run's recipe."):
            drafts.replace(saved.recipe, saved.id)
            st.query_params.from_dict({"dataset": run.dataset, "recipe": saved.id})
            st.rerun()
        with st.popover("Name and note", icon=":material/edit_note:"):
            name = st.text_input("Name", value=run.name, max_chars=80, key=f"name:{run.id}:{run.revision}")
            note = st.text_area("Note", value=run.note, max_chars=2000, key=f"note:{run.id}:{run.revision}")
            if st.button("Save", key=f"save:{run.id}"):
                _edit(run, name or run.name, note or "")
        if st.button("Compare", icon=":material/stacked_line_chart:"):
            st.switch_page("../../pages/compare.py", query_params={"runs": run.id})


def _ask(run: Run, request: str) -> None:
    try:
        state.store().runs.ask(run.id, request, state.me())
        ensure_runner(state.settings())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.rerun()


def _edit(run: Run, name: str, note: str) -> None:
    try:
        if name != run.name:
            run = state.store().runs.rename(run.id, name, run.revision, state.me())
        if note != run.note:
            state.store().runs.note(run.id, note, run.revision, state.me())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.rerun()

