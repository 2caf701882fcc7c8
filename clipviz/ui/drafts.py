"""The recipe that a person is writing: in the session, one per dataset, and in the address bar until it is saved."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from clipviz.core.dataset import NUMERIC, Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.datasets import files
from clipviz.runs.check import complete
from clipviz.runs.defaults import starting
from clipviz.ui import draft_link
from clipviz.ui.state import current_recipe, settings
from clipviz.ui.text import escape


@dataclass
class Draft:
    """recipe: as it stands; base: id of the saved recipe it began from; start: what its content began as.

    version: goes up when it is replaced from outside its own widgets, which then start anew from its values; copy_of:
    the run that it was cloned from. aside: a draft with unsaved changes in whose place this one came.
    """

    recipe: Recipe
    base: str
    version: int = 0
    copy_of: str = ""
    start: str = ""
    aside: "Draft | None" = None

    def key(self, name: str) -> str:
        """A widget key that belongs to this draft and no other."""
        return f"{name}:{self.recipe.data.dataset}:{self.version}"

    @property
    def edited(self) -> bool:
        """Whether it says something that is saved nowhere."""
        return content(self.recipe) != self.start

    @property
    def link(self) -> str:
        """Its changes as an address bar holds them; "" where there are none, or too many for one."""
        return draft_link.spelled(self.recipe) if self.edited else ""


def content(recipe: Recipe) -> str:
    """An id of what a recipe means, whichever of its fields are spelled out."""
    try:
        return complete(recipe).id
    except InvalidRecipe:
        return recipe.id


def draft(dataset: Dataset) -> Draft:
    """This session's draft for a dataset; a recipe in the link replaces it once, and sets unsaved changes aside.

    A session that begins takes over the changes that its link holds.
    """
    drafts = _drafts()
    known = drafts.get(dataset.id)
    linked = current_recipe()
    if (
        linked is not None
        and linked.recipe.data.dataset == dataset.id
        and (known is None or known.base != linked.id)
    ):
        found = _put(linked.recipe, linked.id)
    elif known is not None:
        return known
    else:
        found = _put(starting(dataset, likely_target(dataset), files.texts(settings(), dataset.id)), "")
    if known is None:
        _take_over_changes(found, dataset)
    return found


def _take_over_changes(found: Draft, dataset: Dataset) -> None:
    if text := st.query_params.get(draft_link.PARAMETER):
        try:
            found.recipe = draft_link.read(text, dataset)
        except InvalidRecipe as error:
            st.warning(escape(str(error), 600), icon=":material/link_off:")


def replace(recipe: Recipe, base: str = "", copy_of: str = "") -> None:
    """Puts another recipe in place of the draft; its widgets start anew."""
    _put(recipe, base, copy_of)


def bring_back(dataset: str) -> None:
    """Goes on with the draft that was set aside."""
    known = _drafts().get(dataset)
    if known is not None and known.aside is not None:
        known.aside.version = known.version + 1
        _drafts()[dataset] = known.aside
        st.query_params.pop("recipe", None)


def forget_aside(dataset: str) -> None:
    if known := _drafts().get(dataset):
        known.aside = None


def _put(recipe: Recipe, base: str, copy_of: str = "") -> Draft:
    drafts = _drafts()
    known = drafts.get(recipe.data.dataset)
    if known is None:
        found = Draft(recipe, base, 0, copy_of, content(recipe))
    elif known.base == base and not _reopens(known, recipe):  # the same one, moved on
        found = Draft(recipe, base, known.version + 1, copy_of, known.start, known.aside)
    else:
        aside = known if known.edited else known.aside
        found = Draft(recipe, base, known.version + 1, copy_of, content(recipe), aside)
    drafts[recipe.data.dataset] = found
    return found


def _reopens(known: Draft, recipe: Recipe) -> bool:
    """Whether a saved recipe takes the place of changes to itself."""
    return bool(known.base) and known.edited and content(recipe) == known.start


def _drafts() -> dict[str, Draft]:
    drafts: dict[str, Draft] = st.session_state.setdefault("drafts", {})
    return drafts


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
