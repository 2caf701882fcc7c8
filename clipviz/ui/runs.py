"""Starting, steering and watching runs."""

from contextlib import suppress

import streamlit as st

from clipviz.charts import layer_panels
from clipviz.charts.measured import Names
from clipviz.charts.palette import palette
from clipviz.charts.panel import Panel
from clipviz.charts.panels import compare_panels, train_panels
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.core.run import Request, Run, State
from clipviz.core.table import Table
from clipviz.runs.submit import ask, ensure_runner, submit
from clipviz.store.recipes import SavedRecipe
from clipviz.ui import drafts, header, recipes, state
from clipviz.ui.live_chart import RunLine, live_chart
from clipviz.ui.text import escape, people, plain


def start(recipe: Recipe, name: str, draft: drafts.Draft) -> Run:
    """Saves the recipe, queues a run of it and wakes a runner."""
    words = recipes.in_words(recipe)
    copied = f"copy of {plain(draft.copy_of, 70)}" if draft.copy_of.endswith(words) else ""
    title = plain(name, 80).strip() or copied or words
    run = submit(state.store(), state.settings(), recipe, title, state.me(), parent=draft.base)
    draft.base, draft.start = recipe.id, drafts.content(recipe)
    return run


def wake() -> None:
    """Has a runner ready before anybody presses Start: it takes some seconds to load."""
    with suppress(ClipvizError):  # the start of a run says why
        ensure_runner(state.settings())


def live(runs: list[Run]) -> None:
    """The live panels of one run, or the same panels with several runs laid over each other."""
    if any(not run.state.final for run in runs):
        ensure_runner(state.settings())
    series = [state.store().telemetry.series(run.id) for run in runs]
    ground = palette(st.context.theme.type)
    lines = [
        RunLine(
            id=run.id,
            label=plain(run.name, 60),
            colour=ground.series[index % len(ground.series)] if len(runs) > 1 else "",
            state=run.state.value,
            measured=bool(names),
        )
        for index, (run, names) in enumerate(zip(runs, series, strict=True))
    ]
    panels = _of_one(runs[0], series[0]) if len(runs) == 1 else compare_panels(series)
    live_chart(lines, panels, key="live:" + ":".join(run.id for run in runs))


def _of_one(run: Run, names: Names) -> list[Panel]:
    """Its panels; where it has many layers, those of the layers that somebody picks."""
    layers = layer_panels.clipped(names)
    if len(layers) <= layer_panels.MANY:
        return train_panels(names)
    picked = st.multiselect(
        "Layers with a panel of their own",
        layers,
        layer_panels.some(layers),
        format_func=plain,
        key=f"layers:{run.id}",
        help="Their threshold, and what flows into them. The other panels show all layers.",
    )
    return train_panels(names, picked)


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
            drafts.replace(saved.recipe, saved.id, run.name)
            st.query_params.from_dict({"dataset": run.dataset, "recipe": saved.id})
            st.rerun()
        with st.popover("Name and note", icon=":material/edit_note:"):
            key = f"{run.id}:{run.revision}"
            with st.form(f"edit:{key}", border=False):
                st.text_input("Name", value=run.name, max_chars=80, key=f"name:{key}")
                st.text_area("Note", value=run.note, max_chars=2000, key=f"note:{key}")
                st.form_submit_button("Save", on_click=_edit, args=(run, key))
        if st.button("Compare", icon=":material/stacked_line_chart:"):
            st.switch_page("../../pages/compare.py", query_params={"runs": run.id})
        if run.state != State.RUNNING and st.button(
            "Delete", icon=":material/delete:", help="It can be restored."
        ):
            state.store().runs.delete(run.id, state.me())
            st.rerun()


def under_way() -> None:
    """Links to the runs that train or wait at the moment, whoever started them."""
    waiting = [run for run in state.store().runs.list(limit=50) if not run.state.final][:6]
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Under way:", width="content")
        for run in waiting:
            label = f"{escape(run.name, 40)} ({run.state.value}, {people(run.created_by)})"
            st.page_link("../../pages/train.py", label=label, query_params={"run": run.id}, width="content")


def table_of(run: Run, recipe: Recipe) -> Table | None:
    """The rows that a run was trained and tested on; None where they cannot be had any more."""
    try:
        return state.table(state.store().datasets.get(run.dataset, include_deleted=True), recipe)
    except ClipvizError:
        return None


def _ask(run: Run, request: Request) -> None:
    try:
        ask(state.store(), state.settings(), run.id, request, state.me())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.rerun()


def _edit(seen: Run, key: str) -> None:
    """Renames and annotates the run as it was seen: what somebody else wrote meanwhile is not overwritten."""
    name, note = plain(st.session_state[f"name:{key}"], 80), st.session_state[f"note:{key}"]
    try:
        run = seen
        if name != seen.name:
            run = state.store().runs.rename(seen.id, name, run.revision, state.me())
        if note != seen.note:
            state.store().runs.note(seen.id, note, run.revision, state.me())
    except ClipvizError as error:
        header.tell(error)
