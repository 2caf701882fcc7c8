"""The form of the Train page in four groups: data, network, clipping, optimisation."""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.runs.check import kind_of_rows
from clipviz.ui import clipping_form, data_form, drafts, forms, optimisation_form


def form(dataset: Dataset, draft: drafts.Draft) -> Recipe:
    """Widgets for every part of a recipe, in four groups; returns the recipe that they say.

    What most people leave alone is folded away under its own name.
    """
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**Data**")
        recipe, task = data_form.form(dataset, draft)
    with right, st.container(border=True):
        st.markdown("**Network**")
        network = _network(dataset, recipe, draft)
    recipe = recipe.model_copy(update=network)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**Clipping**")
        recipe = recipe.model_copy(update=clipping_form.form(dataset, recipe, draft))
    with right, st.container(border=True):
        st.markdown("**Optimisation**")
        return recipe.model_copy(update=optimisation_form.form(recipe, task, draft))


def _network(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> dict[str, object]:
    takes, known = kind_of_rows(recipe, dataset), discover("clipviz.models")
    fitting = [id for id, cls in known.items() if takes in cls.takes]
    model = forms.pick(
        "clipviz.models",
        "Model",
        recipe.model if recipe.model.id in fitting else Choice(id=fitting[0]),
        draft.key(f"model.{takes}"),
        only=lambda cls: takes in cls.takes,
    )
    with st.expander("Initialisation"):
        initialisation = forms.pick(
            "clipviz.training.initialisations",
            "First weights",
            recipe.initialisation,
            draft.key("initialisation"),
            fold=False,
        )
    return {"model": model, "initialisation": initialisation}
