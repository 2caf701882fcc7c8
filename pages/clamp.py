"""Clamp: where are the tails, and what does cutting them do?"""

import streamlit as st

from clipviz.analysis import clamping
from clipviz.analysis.bootstrap import Uncertainty
from clipviz.analysis.column import TrainingColumn
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.layout import CONFIG
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.ui import (
    clamp_findings,
    clamp_overview,
    clamp_tails,
    clamps,
    drafts,
    forms,
    picture_clamps,
    recipes,
    state,
)
from clipviz.ui.empty import no_dataset
from clipviz.ui.text import counted, escape, number, share


def page(dataset: Dataset) -> None:
    st.title(
        "Which pixel values matter, and what does cutting them do?"
        if dataset.image
        else "Where are the tails, and what does cutting them do?"
    )
    draft = drafts.draft(dataset)
    if dataset.image:
        recipe = recipes.target(dataset, draft)
        recipe = picture_clamps.show(dataset, draft, recipe, state.table(dataset, recipe))
        onwards(recipe, draft, dataset)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recipe = recipes.target(dataset, draft)
        drafts.keep(recipe)
        table = state.table(dataset, recipe)
        columns = clamping.numeric_columns(table)
        if not columns:
            st.info("No numeric column is used as an input here, so there is nothing to clamp.")
            return
        column = clamps.column_picker(columns, dataset)
    recipe = policy(dataset, draft, recipe, table, column)
    drafts.keep(recipe)
    choice = recipe.inputs.policy_of(column)
    clamps.suggestion(dataset, draft, column, choice)
    found = clamp_findings.every(dataset, recipe, columns)
    clamp_overview.show(dataset, draft, found, column)
    everywhere(dataset, recipe, table, found)
    st.subheader(escape(column))
    known = state.column(dataset, recipe, column)
    bounds = known.fit(choice)
    done = known.effect(bounds)
    told(done, table, column, bounds, choice, state.target_tails(dataset, recipe))
    uncertain = clamp_findings.uncertain(dataset, recipe, column)
    picture(draft, table, column, known, bounds, uncertain)
    clamps.uncertain(uncertain, bounds, done)
    before_after(done)
    clamp_tails.show(table, column, *clamp_findings.tails(dataset, recipe, table, column, bounds))
    extremes(dataset, table, column, known, bounds)
    onwards(recipe, draft, dataset)


def policy(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, table: Table, column: str) -> Recipe:
    """The clamp of this column: the default of all columns, or its own."""
    inputs = recipe.inputs
    left, right = st.columns(2, border=True)
    options = recipes.options(dataset, recipe)
    with left:
        default = forms.pick(
            "clipviz.policies.inputs",
            "Default for every numeric column",
            inputs.default,
            draft.key("clamp.default"),
            help="Each column gets its own bounds from its own training values.",
            options=options,
        )
    with right:
        own = st.toggle(
            f"Another policy for {escape(column, 40)}",
            value=column in inputs.columns,
            key=draft.key(f"own:{column}"),
        )
        columns = {name: choice for name, choice in inputs.columns.items() if name != column}
        if own:
            start = inputs.columns.get(column, default)
            columns[column] = forms.pick(
                "clipviz.policies.inputs", "Its policy", start, draft.key(f"clamp:{column}"), options=options
            )
            columns = clamps.copy_to_others(columns, column, clamping.numeric_columns(table), draft)
        else:
            st.caption("It follows the default. Drag across the histogram to cut it at bounds of your own.")
    return recipe.model_copy(
        update={"inputs": inputs.model_copy(update={"default": default, "columns": columns})}
    )


def told(
    done: clamping.Effect, table: Table, column: str, bounds: Bounds, choice: Choice, tails: int
) -> None:
    touched = done.below + done.above
    if choice.id == "none":
        st.markdown(
            f"No clamp is chosen for **{escape(column)}**: pick a policy, or drag across the histogram."
        )
    elif touched:
        st.markdown(
            f"**{escape(column)}** {clamps.told(bounds, number(bounds.lo), number(bounds.hi))}: "
            f"{number(touched)} of {counted(done.values, 'training value')} lie beyond "
            f"({share(touched, done.values)}), {number(done.below)} below and {number(done.above)} above."
        )
    else:
        st.markdown(
            f"**{escape(column)}** keeps every one of its {counted(done.values, 'training value')}: "
            "this clamp equals no clamp on the rows it was fitted on."
        )
    if harm := clamping.harm(done):
        st.warning(harm, icon=":material/warning:")
    if bounds.note:
        st.caption(escape(bounds.note, 300))
    if tails:
        st.caption(
            f"The target {escape(table.target_name)} itself is far out in {counted(tails, 'training row')}; "
            "clamping inputs does not touch it. Look at it on the Data page."
        )


def picture(
    draft: drafts.Draft,
    table: Table,
    column: str,
    known: TrainingColumn,
    bounds: Bounds,
    uncertain: Uncertainty | None,
) -> None:
    with st.container(horizontal=True):
        whole = st.toggle(
            "Whole range", key="clamp.whole", help="From the least to the greatest value, outliers included."
        )
        log = st.toggle(
            "Logarithmic counts",
            value=True,
            key="clamp.log",
            help="Shows bins with few rows, where tails live.",
        )
    edges = known.whole_range() if whole else known.central_range((bounds.lo, bounds.hi))
    figure = column_histogram(
        column,
        known.histogram(edges),
        palette(st.context.theme.type),
        bounds,
        None if bounds.open else known.histogram(edges, bounds),
        log_counts=log,
        intervals=(uncertain.lo, uncertain.hi) if uncertain is not None else (),
    )
    key = f"range:{table.target_name}:{column}:{draft.version}"
    drawn = st.plotly_chart(
        figure,
        theme=None,
        config=CONFIG,
        key=key,
        on_select="rerun",
        selection_mode="box",
        alt=f"Histogram of {column} with its bounds",
    )
    st.caption(
        "Drag across the histogram to set both bounds. Training rows only: bounds never see validation or test rows."
    )
    boxes = drawn.selection.get("box", [])
    if boxes:
        span = float(edges[-1] - edges[0])
        low, high = sorted(clamping.rounded(float(edge), span) for edge in boxes[0]["x"])
        columns = {**draft.recipe.inputs.columns, column: Choice.of("fixed", lo=low, hi=high)}
        inputs = draft.recipe.inputs.model_copy(update={"columns": columns})
        drafts.replace(draft.recipe.model_copy(update={"inputs": inputs}), draft.base)
        st.rerun()


def before_after(done: clamping.Effect) -> None:
    cells = st.columns(4)
    for cell, (label, before, after) in zip(
        cells,
        [
            ("Mean", done.before.mean, done.after.mean),
            ("Standard deviation", done.before.std, done.after.std),
            ("Skewness", done.before.skewness, done.after.skewness),
            ("Excess kurtosis", done.before.kurtosis, done.after.kurtosis),
        ],
        strict=True,
    ):
        beside = f"before: {number(before)}"
        cell.metric(label, number(after), beside, delta_color="off", delta_arrow="off", border=True)


def extremes(dataset: Dataset, table: Table, column: str, known: TrainingColumn, bounds: Bounds) -> None:
    st.subheader("The most extreme rows")
    st.dataframe(
        clamps.extreme_rows(dataset, table, column, known.extremes, bounds),
        hide_index=True,
        alt=f"Training rows with the most extreme values of {column}",
    )


def everywhere(dataset: Dataset, recipe: Recipe, table: Table, found: list[clamp_findings.Found]) -> None:
    touched = clamp_findings.rows_touched(dataset, recipe, table, found)
    st.markdown(
        f"Over all columns the clamps touch **{number(touched)} of {counted(len(table.train), 'training row')}** "
        f"({share(touched, len(table.train))})."
    )


def onwards(recipe: Recipe, draft: drafts.Draft, dataset: Dataset) -> None:
    wrong = forms.invalid()
    if wrong:
        st.error(f"Mend {escape(', '.join(wrong), 200)} first: the values shown are the last valid ones.")
    with st.container(horizontal=True):
        if st.button(
            "Train with these clamps", type="primary", icon=":material/model_training:", disabled=bool(wrong)
        ):
            saved = recipes.save(recipe, draft)
            st.switch_page("../../pages/train.py", query_params={"dataset": dataset.id, "recipe": saved.id})
        if st.button(
            "Save as a recipe",
            icon=":material/bookmark:",
            disabled=bool(wrong),
            help="Gives it a link that a teammate can open.",
        ):
            saved = recipes.save(recipe, draft)
            st.query_params["recipe"] = saved.id
            st.toast(f"Saved as recipe {saved.id}: the address bar is its link.")
        recipes.saved_ones(dataset)


current = state.current_dataset()
if current is None:
    no_dataset("Here you see the tails of each column and what a clamp does to them.")
else:
    page(current)
