"""Choosing what to predict, and turning a draft into a saved recipe."""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Recipe
from clipviz.store.recipes import SavedRecipe
from clipviz.ui import drafts, state
from clipviz.ui.text import escape, plain


def target(dataset: Dataset, draft: drafts.Draft) -> Recipe:
    """A picker of the column to predict; returns the draft's recipe with it."""
    names = [column.name for column in dataset.columns]
    now = draft.recipe.data.target
    chosen = st.selectbox(
        "Column to predict",
        names,
        index=names.index(now) if now in names else len(names) - 1,
        format_func=lambda name: escape(name),
        key=draft.key("target"),
        help="Numbers are predicted as numbers; categories, and numbers with few values, as classes.",
    )
    if chosen == now:
        return draft.recipe
    changed = {"target": chosen, "task": None, "features": None}
    return draft.recipe.model_copy(update={"data": draft.recipe.data.model_copy(update=changed)})


def save(recipe: Recipe, draft: drafts.Draft, name: str = "") -> SavedRecipe:
    """Saves a recipe under its content id; saving the same twice is one recipe, so nobody overwrites anybody."""
    saved = state.store().recipes.add(
        recipe, plain(name or in_words(recipe), 120), state.me(), parent=draft.base
    )
    draft.base = saved.id
    return saved


def in_words(recipe: Recipe) -> str:
    """A recipe in one line of plain text: target, then input clamp / activation clip / gradient clip."""
    own = f" +{len(recipe.inputs.columns)}" if recipe.inputs.columns else ""
    clips = f"{recipe.inputs.default.id}{own} / {recipe.activation.id} / {recipe.gradient.id}"
    return f"{plain(recipe.data.target, 40)}: {clips}, {recipe.optimiser.id}, seed {recipe.seed}"
