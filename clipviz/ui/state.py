"""Where a page finds things: the store is the truth, the URL says which object, the session keeps drafts."""

from contextlib import suppress
from datetime import timedelta

import streamlit as st

from clipviz.analysis import clamping
from clipviz.analysis.column import TrainingColumn
from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError, NotFound
from clipviz.core.ids import is_id
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.core.table import Table
from clipviz.datasets import table as tables
from clipviz.runs.awaken import ensure_runner
from clipviz.store import Store
from clipviz.store import open as open_store
from clipviz.store.recipes import SavedRecipe
from clipviz.ui import browser

COLUMN = "column"
"""The query parameter that names the column which is looked at."""


def column_key(dataset_id: str) -> str:
    """The key of the widget that says which column is looked at."""
    return f"clamp.column:{dataset_id}"


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    return Settings.from_environment()


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The store; whoever opens it first in the life of a server sees to what the last one left behind."""
    opened = open_store(settings().store_url)
    with suppress(ClipvizError):  # the pages say it, where it matters
        if opened.runs.going() or opened.sweeps.choosing():
            ensure_runner(settings())
    return opened


def me() -> str:
    """The display name of whoever sits at this browser; "Guest" until one is chosen."""
    if "name" not in st.session_state:
        st.session_state.name = browser.name_in_browser()
    return st.session_state.name or "Guest"


def id_in_link(parameter: str) -> str | None:
    """The id that `?parameter=` holds. None when absent; raises NotFound when it is not an id at all."""
    given = st.query_params.get(parameter)
    if given is None:
        return None
    if not is_id(given):
        raise NotFound(
            f"This link is malformed: ?{parameter}= holds sixteen characters 0-9 and a-f",
            repr(given[:40]),
            "Ask whoever sent it to use Copy link, or start below",
        )
    return given


def current_recipe() -> SavedRecipe | None:
    """The recipe that the link names; raises NotFound when it does not exist."""
    given = id_in_link("recipe")
    return store().recipes.get(given) if given else None


def current_dataset() -> Dataset | None:
    """The dataset of the link, else of the link's recipe, else the one last looked at (and then says so in the URL).

    Raises NotFound when the link names one that does not exist or was deleted.
    """
    given = id_in_link("dataset")
    recipe = current_recipe()
    if given is None and recipe is not None:
        given = recipe.recipe.data.dataset
    if given is None and "dataset" in st.session_state:
        try:
            dataset = store().datasets.get(st.session_state.dataset)
        except NotFound:
            del st.session_state.dataset
            return None
        st.query_params["dataset"] = dataset.id
        return dataset
    if given is None:
        return None
    dataset = store().datasets.get(given)
    st.session_state.dataset = dataset.id
    return dataset


def open_dataset(dataset_id: str) -> None:
    """Makes a dataset the current one, in the session and in the address bar."""
    st.session_state.dataset = dataset_id
    st.query_params.from_dict({"dataset": dataset_id})


def close_dataset() -> None:
    st.session_state.pop("dataset", None)
    st.query_params.clear()


# a timedelta: for "1h" Streamlit would import pandas at once
@st.cache_resource(max_entries=8, ttl=timedelta(hours=1), show_spinner="Reading the rows …")
def _table(_dataset: Dataset, dataset_id: str, choice: str, _recipe: Recipe) -> Table:
    return tables.load(settings(), _dataset, _recipe)


def table(dataset: Dataset, recipe: Recipe) -> Table:
    """The rows as the recipe splits them; shared by all who look at the same ones. Raises InvalidRecipe."""
    found: Table = _table(dataset, dataset.id, f"{recipe.data!r} {recipe.split!r}", recipe)
    return found


@st.cache_resource(max_entries=64, ttl=timedelta(hours=1), show_spinner="Sorting the column …")
def _column(_table: Table, dataset_id: str, choice: str, column: str) -> TrainingColumn:
    return TrainingColumn(_table, column)


def column(dataset: Dataset, recipe: Recipe, column: str) -> TrainingColumn:
    """One numeric column of the training rows, sorted; shared by all who look at the same rows."""
    key = f"{recipe.data!r} {recipe.split!r}"
    found: TrainingColumn = _column(table(dataset, recipe), dataset.id, key, column)
    return found


@st.cache_resource(max_entries=64, ttl=timedelta(hours=1), show_spinner=False)
def _target_tails(_table: Table, dataset_id: str, choice: str) -> int:
    return clamping.target_tails(_table)


def target_tails(dataset: Dataset, recipe: Recipe) -> int:
    """See `clamping.target_tails`; looked at once for all reruns."""
    choice = f"{recipe.data!r} {recipe.split!r}"
    found: int = _target_tails(table(dataset, recipe), dataset.id, choice)
    return found
