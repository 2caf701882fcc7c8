"""Choosing clamps on the Clamp page: one for all columns, another for one of them, and what comes behind."""

import streamlit as st

from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Recipe
from clipviz.ui import clamp_findings, clamps, drafts, forms, recipes
from clipviz.ui.text import escape, number

FAR = 10.0
"""Beyond it, in what reaches the network, a value is called far."""


def show(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, columns: list[str], column: str) -> Recipe:
    """The clamp of this column: the default of all columns, or its own; returns the recipe with it."""
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
        own_ones = {name: choice for name, choice in inputs.columns.items() if name != column}
        if own:
            start = inputs.columns.get(column, default)
            own_ones[column] = forms.pick(
                "clipviz.policies.inputs", "Its policy", start, draft.key(f"clamp:{column}"), options=options
            )
            own_ones = clamps.copy_to_others(own_ones, column, columns, draft)
        else:
            st.caption("It follows the default. Drag across the histogram to cut it at bounds of your own.")
    return recipe.model_copy(
        update={"inputs": inputs.model_copy(update={"default": default, "columns": own_ones})}
    )


def normalisation(
    dataset: Dataset, draft: drafts.Draft, recipe: Recipe, column: str, bounds: Bounds
) -> Recipe:
    """What happens behind every clamp, and how the column reaches the network; returns the recipe with it."""
    with st.container(border=True):
        chosen = forms.pick(
            "clipviz.policies.normalisations",
            "Normalisation, behind every clamp",
            recipe.inputs.normalisation,
            draft.key("clamp.normalisation"),
            help="Brings all number columns to a common size.",
        )
        recipe = recipe.model_copy(
            update={"inputs": recipe.inputs.model_copy(update={"normalisation": chosen})}
        )
        found = clamp_findings.scaled(dataset, recipe, column)
        if found is not None:
            st.markdown(
                f"**{escape(column)}** reaches the network as **{number(found.least)} … {number(found.most)}**, mean "
                f"{number(round(found.mean, 6))}, deviation {number(found.std)}."
                + (f" {escape(found.note, 200)}." if found.note else "")
            )
            if bounds.indicators:
                st.markdown(
                    "Two indicator columns go beside it: 1 where a value was below, and 1 where it was above."
                )
            if max(abs(found.least), abs(found.most)) > FAR:
                st.caption(
                    f"Most networks expect numbers of about −3 to 3; beyond {number(FAR)} single rows can rule a step."
                )
    return recipe
