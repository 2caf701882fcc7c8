"""The clamp of the target on the Clamp page, set apart: it changes what is learned, never what is measured."""

import streamlit as st

from clipviz.analysis import clamping
from clipviz.core.dataset import Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.policies import fitting
from clipviz.ui import clamp_findings, clamp_picture, clamps, drafts, forms, header, state
from clipviz.ui.text import counted, escape, number, share


def show(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, table: Table) -> Recipe:
    """Choose the clamp of the training targets and see what it does; returns the recipe with it."""
    if table.task == "classification":
        return recipe.model_copy(update={"target_clamp": Choice(id="none")})
    name = escape(table.target_name, 60)
    with st.container(border=True, key="clamp-target"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"The target, {name}", width="content")
            st.badge("training rows only", icon=":material/target:", color="orange")
        st.caption(
            "This is the answer that the network learns, not an input. Clamping it keeps a few extreme rows from "
            "ruling the loss; every metric, here and when runs are compared, stays on the targets as they are. "
            "So does the validation loss that chooses the best step."
        )
        choice = forms.pick(
            "clipviz.policies.inputs", "Clamp of the training target", recipe.target_clamp, draft.key("clamp.target")
        )  # fmt: skip
        try:
            fitting.check_target(choice)
        except InvalidRecipe as error:
            header.problem(error)
            forms.refuse("Clamp of the training target")
            return recipe
        recipe = recipe.model_copy(update={"target_clamp": choice})
        offered = clamp_findings.suggested_target(dataset, recipe, table)

        def use(policy: Choice) -> None:
            drafts.replace(recipe.model_copy(update={"target_clamp": policy}), draft.base, draft.copy_of)

        clamps.suggestion(draft.key("suggested.target"), choice, offered, use)
        if choice.id == "none":
            _far(dataset, recipe)
        else:
            _effect(dataset, draft, recipe, table)
    return recipe


def _far(dataset: Dataset, recipe: Recipe) -> None:
    far = state.target_tails(dataset, recipe)
    st.markdown(
        f"It lies far out, beyond three interquartile ranges, in **{counted(far, 'training row')}**."
        if far
        else "It is far out in no training row: there is little to clamp."
    )


def _effect(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, table: Table) -> None:
    known = clamp_findings.target(dataset, recipe, table)
    bounds = known.fit(recipe.target_clamp)
    done = known.effect(bounds)
    touched = done.below + done.above
    st.markdown(
        f"While training it {clamps.told(bounds, number(bounds.lo), number(bounds.hi))}: {number(touched)} of "
        f"{counted(done.values, 'training row')} lie beyond ({share(touched, done.values)}), {number(done.below)} "
        f"below and {number(done.above)} above. The network will hardly predict anything out there."
        if touched
        else f"All {counted(done.values, 'training row')} keep their targets: this clamp equals none."
    )
    if harm := clamping.harm(done):
        st.warning(harm, icon=":material/warning:")
    if bounds.note:
        st.caption(escape(bounds.note, 300))

    def limit(lo: float, hi: float) -> None:
        fixed = Choice.of("fixed", lo=lo, hi=hi)
        drafts.replace(recipe.model_copy(update={"target_clamp": fixed}), draft.base, draft.copy_of)

    uncertain = clamp_findings.uncertain_target(dataset, recipe, table)
    key = draft.key(f"range.target:{table.target_name}")
    clamp_picture.show(table.target_name, known, bounds, uncertain, key, limit, "clamp.target")
    clamp_picture.certainty(uncertain, bounds, done)
