"""What flows into the Lab's policies: a Gaussian, or a numeric column of the dataset on the table."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from clipviz.analysis.lab import values
from clipviz.analysis.lab.ready import load
from clipviz.analysis.lab.settings import ActivationSettings
from clipviz.core.dataset import NUMERIC, Dataset
from clipviz.core.errors import NotFound
from clipviz.datasets import files
from clipviz.ui import lab_controls, state
from clipviz.ui.link import Link
from clipviz.ui.text import counted, escape, number, plain


@dataclass(frozen=True)
class Flowing:
    """values (N,), what they are in words (escaped), and the ids that the address bar needs for them."""

    values: NDArray[np.float64]
    words: str
    link: dict[str, str]


@st.cache_resource(show_spinner="Loading PyTorch, once …")
def ready() -> None:
    """Loads what the Lab computes with, and says so while it takes its time."""
    load()


def put_on_the_table() -> None:
    """Makes the dataset of the link the current one, whether or not its values flow in; one that does not exist is
    told of where a column is to flow."""
    if "dataset" in st.query_params:
        with suppress(NotFound):
            state.current_dataset()


def choose(link: Link) -> tuple[Flowing, ActivationSettings]:
    """The controls of the source, and what comes from it."""
    names = ("source",)
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        source = lab_controls.settings(ActivationSettings, link, names, across=1)["source"]
    with right:
        if source == "column" and (found := _column(link)):
            return found
        given = lab_controls.settings(ActivationSettings, link, ("mean", "std", "reach"), across=3)
    chosen = ActivationSettings(source="gaussian", **given)
    words = f"a Gaussian of mean {number(chosen.mean)} and standard deviation {number(chosen.std)}"
    return Flowing(values.gaussian(chosen.mean, chosen.std), words, {}), chosen


def _column(link: Link) -> tuple[Flowing, ActivationSettings] | None:
    """A column of the dataset on the table; None, and a sentence, where there is none."""
    try:
        dataset = state.current_dataset()
    except NotFound as error:
        link.problems.append(escape(f"{error} A Gaussian flows in instead.", 300))
        return None
    columns = [each.name for each in dataset.columns if each.kind in NUMERIC] if dataset else []
    if dataset is None or not columns:
        link.problems.append(
            "There is no dataset with a numeric column on the table, so a Gaussian flows in: open one on the Data page."
        )
        return None
    cells = st.columns(3, vertical_alignment="bottom")
    with cells[0]:
        column = _picked(link, columns)
    with cells[1]:
        rest = lab_controls.settings(ActivationSettings, link, ("standardise",), across=1)
    if rest["standardise"]:
        with cells[2]:
            rest |= lab_controls.settings(ActivationSettings, link, ("reach",), across=1)
    found, count, away = _values(dataset, dataset.id, column, rest["standardise"])
    words = f"{escape(column, 40)} ({counted(count, 'finite value')} of {escape(dataset.name, 40)}" + (
        f"; {number(away)} missing or infinite left out)" if away else ")"
    )
    chosen = ActivationSettings(source="column", **rest)
    if not chosen.standardise:  # in the column's own units the axis goes by the column
        chosen = chosen.model_copy(update={"reach": values.reach(found)})
    return Flowing(
        found, words + (", standardised" if rest["standardise"] else ""), {"dataset": dataset.id}
    ), chosen


def _picked(link: Link, columns: list[str]) -> str:
    info = FieldInfo.from_annotation(Annotated[str, FieldInfo(title="Column")])  # type: ignore[arg-type]
    given = link.value("column", info, columns[0])
    if given not in columns:
        link.problems.append(
            f"This dataset has no numeric column {escape(given, 40)}; {escape(columns[0], 40)} flows in."
        )
        st.session_state[link.key("column")] = columns[0]
    column: str = st.selectbox("Column", columns, format_func=plain, key=link.key("column"))
    link.say("column", column)
    return column


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner="Reading the column …")
def _values(
    _dataset: Dataset, dataset_id: str, column: str, standardise: bool
) -> tuple[NDArray[np.float64], int, int]:
    """Representative values of a column, how many finite ones there are, and how many others."""
    ascending = files.sorted_values(state.settings(), dataset_id, column)
    found = values.representative(ascending)
    return (
        values.standardised(found, ascending) if standardise else found,
        len(ascending),
        _dataset.rows - len(ascending),
    )
