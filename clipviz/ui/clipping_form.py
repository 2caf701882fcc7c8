"""The third group of the Train form: what is clipped, and how."""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.regime import Training
from clipviz.runs.sweeps import titles
from clipviz.ui import drafts, forms, places, recipes
from clipviz.ui.text import counted, escape


def form(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> dict[str, object]:
    """Clips of inputs, activations and gradients, by their names in a recipe."""
    default = forms.pick(
        "clipviz.policies.inputs",
        "Input clamp",
        recipe.inputs.default,
        draft.key("inputs"),
        options=recipes.options(dataset, recipe),
    )
    if clamped := titles.own_clamps(recipe):
        own = counted(len(clamped), "column has a clamp of its", "columns have clamps of their")
        st.caption(f"{own} own, from the Clamp page.")
    if recipe.target_clamp.id != "none":
        st.caption(
            f"The training targets are clamped ({escape(recipe.target_clamp.id)}); metrics are on targets as they are."
        )
    activation = places.activation(recipe, draft)
    clips_at = places.chains(recipe, draft)
    gradient = forms.pick(
        "clipviz.policies.gradients", "Gradient clip", recipe.gradient, draft.key("gradient")
    )
    inputs = recipe.inputs.model_copy(update={"default": default})
    training = recipe.training.model_copy(update=_scales(recipe, gradient, draft))
    return {
        "inputs": inputs,
        "activation": activation,
        "clips_at": clips_at,
        "gradient": gradient,
        "training": training,
    }


def _scales(recipe: Recipe, gradient: Choice, draft: drafts.Draft) -> dict[str, object]:
    """What the gradient clip shortens, where there is a choice: one that turns the gradient can only do that."""
    if gradient.id == "none" or discover("clipviz.policies.gradients")[gradient.id].turns:
        return {"clip_scales": "gradient"}
    with st.expander("What the gradient clip shortens"):
        return forms.fields(Training, recipe.training.model_dump(), draft.key("scales"), ("clip_scales",))
