"""The recipe that a person is writing: kept in the session, one per dataset, until it is saved."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from clipviz.core.dataset import NUMERIC, Dataset
from clipviz.core.recipe import Recipe
from clipviz.datasets import files
from clipviz.runs.defaults import starting
from clipviz.ui.state import current_recipe, settings


@dataclass
class Draft:
    """recipe: as it stands; base: id of the saved recipe it began from; version: goes up when it is replaced
    from outside its own widgets, which then start anew from its values; copy_of: the run that it was cloned from."""

    recipe: Recipe
    base: str
    version: int = 0
    copy_of: str = ""

    def key(self, name: str) -> str:
        """A widget key that belongs to this draft and no other."""
        return f"{name}:{self.recipe.data.dataset}:{self.version}"


def draft(dataset: Dataset) -> Draft:
    """This session's draft for a dataset; a recipe in the link replaces it once."""
    drafts: dict[str, Draft] = st.session_state.setdefault("drafts", {})
    known = drafts.get(dataset.id)
    linked = current_recipe()
    if (
        linked is not None
        and linked.recipe.data.dataset == dataset.id
        and (known is None or known.base != linked.id)
    ):
        known = Draft(linked.recipe, linked.id, known.version + 1 if known else 0)
    if known is None:
        known = Draft(starting(dataset, likely_target(dataset), files.texts(settings(), dataset.id)), "")
    drafts[dataset.id] = known
    return known


def replace(recipe: Recipe, base: str = "", copy_of: str = "") -> None:
    """Puts another recipe in place of the draft; its widgets start anew."""
    drafts: dict[str, Draft] = st.session_state.setdefault("drafts", {})
    known = drafts.get(recipe.data.dataset)
    drafts[recipe.data.dataset] = Draft(recipe, base, known.version + 1 if known else 0, copy_of)


def change_inputs(draft: Draft, **changes: Any) -> None:
    """Replaces some fields of the draft's inputs, from outside their widgets."""
    inputs = draft.recipe.inputs.model_copy(update=changes)
    replace(draft.recipe.model_copy(update={"inputs": inputs}), draft.base, draft.copy_of)


def keep(recipe: Recipe) -> None:
    """Keeps what the draft's own widgets say."""
    st.session_state.drafts[recipe.data.dataset].recipe = recipe


def likely_target(dataset: Dataset) -> str:
    """The column that is most likely to be predicted: the one its origin names, else the last usable one."""
    if dataset.target:
        return dataset.target
    usable = [column.name for column in dataset.columns if column.kind in (*NUMERIC, "category")]
    return (usable or [column.name for column in dataset.columns])[-1]
