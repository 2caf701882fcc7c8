"""Clamp: where are the tails, and what does cutting them do?"""

import streamlit as st

from clipviz.analysis import clamping
from clipviz.analysis.clamping import Effect
from clipviz.analysis.suggesting import Suggested, most_worth
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.ui import (
    clamp_findings,
    clamp_groups,
    clamp_overview,
    clamp_picture,
    clamp_policy,
    clamp_tails,
    clamp_target,
    clamp_text,
    clamps,
    drafts,
    forms,
    picture_clamps,
    recipes,
    recommend,
    spreadsheet,
    state,
)
from clipviz.ui.empty import no_dataset
from clipviz.ui.text import counted, escape, number, share


def images(dataset: Dataset) -> None:
    st.title("Which pixel values matter, and what does cutting them do?")
    draft = drafts.draft(dataset)
    recipe = recipes.target(dataset, draft)
    recipe = picture_clamps.show(dataset, draft, recipe, state.table(dataset, recipe))
    onwards(recipe, draft, dataset)


def columns(dataset: Dataset) -> None:
    st.title("Where are the tails, and what does cutting them do?")
    answer = st.empty()
    draft = drafts.draft(dataset)
    pickers = st.container(horizontal=True, vertical_alignment="bottom")
    with pickers:
        recipe = recipes.target(dataset, draft)
    drafts.keep(recipe)
    texts = clamp_text.found(dataset)
    try:
        table = state.table(dataset, recipe)
    except InvalidRecipe:
        if not texts:
            raise
        clamp_text.show(dataset, draft, recipe, texts)
        st.info("No other column than texts can be an input here, so there is no column to clamp.")
        return
    numeric = clamping.numeric_columns(table)
    if numeric:
        suggested = clamp_findings.suggestions(dataset, recipe, numeric)
        with pickers:
            column = clamps.column_picker(numeric, dataset, suggested)
        recipe, said = inputs(dataset, draft, recipe, table, suggested, column)
        answer.markdown(said)
    elif texts:
        st.caption("No numeric column is an input here, so there is no column to clamp: only texts are read.")
    else:
        st.info("No numeric column is used as an input here, so there is no column to clamp.")
    recipe = clamp_target.show(dataset, draft, recipe, table)
    recipe = clamp_text.show(dataset, draft, recipe, texts)
    drafts.keep(recipe)
    onwards(recipe, draft, dataset)


def inputs(
    dataset: Dataset,
    draft: drafts.Draft,
    recipe: Recipe,
    table: Table,
    suggested: dict[str, Suggested | None],
    column: str,
) -> tuple[Recipe, str]:
    """All input columns, then the one that is looked at; returns the recipe with what was chosen, and the answer to
    the page's question in a sentence."""
    numeric = list(suggested)
    recipe = clamp_policy.show(dataset, draft, recipe, numeric, column)
    drafts.keep(recipe)
    choice = recipe.inputs.policy_of(column)

    def use(policy: Choice) -> None:
        drafts.change_inputs(draft, columns={**draft.recipe.inputs.columns, column: policy})

    clamps.suggestion(draft.key(f"suggested:{column}"), choice, suggested[column], use)
    found = clamp_findings.every(dataset, recipe, suggested)
    clamp_overview.show(dataset, draft, found, suggested, column)
    said = everywhere(dataset, recipe, table, found, suggested)

    st.subheader(escape(column))
    known = state.column(dataset, recipe, column)
    bounds = known.fit(choice)
    done = known.effect(bounds)
    told(done, column, bounds, choice)
    levels = next((each.levels for each in table.features if each.name == bounds.by), ())
    clamp_groups.show(levels, bounds, clamp_findings.groups(dataset, recipe, column, bounds))
    uncertain = clamp_findings.uncertain(dataset, recipe, column)

    def limit(lo: float, hi: float) -> None:
        own = {**draft.recipe.inputs.columns, column: Choice.of("fixed", lo=lo, hi=hi)}
        drafts.change_inputs(draft, columns=own)

    key = draft.key(f"range:{table.target_name}:{column}")
    clamp_picture.show(column, known, bounds, uncertain, key, limit)
    st.caption(
        "Drag across the histogram to set both bounds. Training rows only: bounds never see validation or test rows."
    )
    clamp_picture.certainty(uncertain, bounds, done)
    clamp_picture.moments(done)
    clamp_tails.show(table, column, *clamp_findings.tails(dataset, recipe, table, column, bounds))
    st.subheader("The most extreme rows")
    spreadsheet.table(
        clamps.extreme_rows(dataset, table, column, known.extremes, bounds),
        hide_index=True,
        alt=f"Training rows with the most extreme values of {column}",
    )
    return clamp_policy.normalisation(dataset, draft, recipe, column, bounds), said


def told(done: Effect, column: str, bounds: Bounds, choice: Choice) -> None:
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


def everywhere(
    dataset: Dataset,
    recipe: Recipe,
    table: Table,
    found: list[clamp_findings.Found],
    suggested: dict[str, Suggested | None],
) -> str:
    """Where the tails are, and how many rows the clamps touch."""
    worth = {name: known for name, known in suggested.items() if known is not None and known.worth}
    touched = clamp_findings.rows_touched(dataset, recipe, table, found)
    tails = (
        f"**{number(len(worth))} of {counted(len(suggested), 'numeric column')}** "
        f"{'has' if len(worth) == 1 else 'have'} a tail worth a look, **{escape(most_worth(suggested), 40)}** first."
        if worth
        else "No numeric column has a tail that asks for a clamp."
    )
    if coded := [name for name, known in suggested.items() if known is not None and known.coded]:
        others = f" and {counted(len(coded) - 1, 'other')}" if len(coded) > 1 else ""
        tails += f" **{escape(coded[0], 40)}**{others} may hold codes for missing values (see Data)."
    return (
        f"{tails} Over all columns the clamps touch **{number(touched)} of "
        f"{counted(len(table.train), 'training row')}** ({share(touched, len(table.train))})."
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
        recommend.button(recipe, draft.key("recommend"), bool(wrong))
        recipes.saved_ones(dataset)


current = state.current_dataset()
if current is None:
    no_dataset("Here you see the tails of each column and what a clamp does to them.")
elif current.image:
    images(current)
else:
    columns(current)
