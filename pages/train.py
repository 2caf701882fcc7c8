"""Train: is it learning, and what is clipping doing to it?"""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.ui import (
    drafts,
    forms,
    header,
    histograms,
    inspection,
    live_chart,
    recipe_json,
    recipes,
    recommend,
    results,
    runs,
    state,
    sweep_form,
    takeaway,
    training_form,
)
from clipviz.ui.empty import no_dataset
from clipviz.ui.text import ago, escape, people


def compose(dataset: Dataset) -> None:
    st.title("Train a clipped network")
    st.write("The defaults are a good start: press Start, and watch.")
    runs.wake()
    runs.under_way()
    draft = drafts.draft(dataset)
    start = st.container()
    recipe = training_form.form(dataset, draft)
    drafts.keep(recipe)
    recipe_json.shown(dataset, recipe, draft)
    live_chart.prepare()
    with start:
        copied = f"A copy of **{escape(draft.copy_of)}**: change what you like. " if draft.copy_of else ""
        st.caption(copied + escape(recipes.in_words(recipe), 300))
        st.caption(escape(recipes.settings_in_words(recipe), 400))
        wrong = forms.invalid()
        if wrong:
            st.error(f"Mend {escape(', '.join(wrong), 200)} first: it holds no valid value.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                "Name of the run",
                max_chars=80,
                key=draft.key("run_name"),
                placeholder="optional",
                width=320,
            )
            if st.button(
                "Start", type="primary", icon=":material/play_arrow:", key="start", disabled=bool(wrong)
            ):
                begin(dataset, recipe, draft, name or "")
            sweep_form.button(recipe, draft, bool(wrong))
            recommend.button(recipe, draft.key("recommend"), bool(wrong))
            recipes.saved_ones(dataset)


def begin(dataset: Dataset, recipe: Recipe, draft: drafts.Draft, name: str) -> None:
    try:
        state.table(dataset, recipe)
        run = runs.start(recipe, name, draft)
    except ClipvizError as error:
        header.problem(error)
    else:
        st.query_params.from_dict({"run": run.id})
        st.rerun()


def watch(run: Run) -> None:
    saved = state.store().recipes.get(run.recipe)
    st.title(escape(run.name, 120))
    words = recipes.in_words(saved.recipe)
    st.caption(
        ("" if run.name == words else f"{escape(words, 300)} · ")
        + f"started by {people(run.created_by)} {ago(run.created_at)}"
        + (f" · {escape(run.note, 300)}" if run.note else "")
    )
    st.caption(escape(recipes.settings_in_words(saved.recipe), 400))
    runs.controls(run, saved)
    if run.state == State.FAILED:
        st.error(f"**This run ended:** {escape(run.reason, 600)}", icon=":material/error:")
        st.caption("Its telemetry up to there is kept below. Change the recipe with Clone and start again.")
    if run.result is not None:
        results.summary(run)
    runs.live([run])
    histograms.over_time(run)
    if run.result is not None:
        table = runs.table_of(run, saved.recipe)
        results.details(run, saved.recipe, table)
        inspection.show(run, table)
        takeaway.offer(run, saved.recipe)
    elif not run.state.final:
        st.caption("The final metrics appear here when it ends, on the raw test rows.")


given = state.id_in_link("run")
if given:
    run = state.store().runs.get(given)
    st.session_state.dataset = run.dataset
    watch(run)
else:
    current = state.current_dataset()
    if current is None:
        no_dataset(
            "Here a small network trains on your data while you watch its loss, gradients and thresholds."
        )
    else:
        compose(current)
