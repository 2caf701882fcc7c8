"""A column of prose on the Data page: how long its texts are, its frequent words, the balance of the classes."""

import math
from collections.abc import Sequence

import streamlit as st

from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.palette import palette
from clipviz.core.dataset import Dataset
from clipviz.core.profile import ColumnProfile
from clipviz.datasets.text import TextProfile
from clipviz.ui import drafts, spreadsheet, tables
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import counted, escape, number, plain

FEW = 20


def shown(dataset: Dataset, profiles: Sequence[ColumnProfile], prose: TextProfile) -> None:
    """The length histogram, the frequent words, and the classes of the column that is likely to be predicted."""
    if prose.lengths is None:
        st.info("No row of this column has a text.")
        return
    middle, long = (math.ceil(prose.quantiles[share]) for share in ("0.5", "0.95"))
    st.markdown(
        f"**{counted(prose.texts, 'text')}**: half of them have {counted(middle, 'word')} or fewer, "
        f"95 % have {number(long)} or fewer; {number(prose.vocabulary)} different words, "
        f"{number(prose.once)} of them met once."
    )
    figure = column_histogram("Words in a text", prose.lengths, palette(st.context.theme.type))
    said = f"Histogram of text lengths of {plain(prose.name)}"
    drawn([Drawing(said, figure, said, heading=False)], key="data.lengths")
    left, right = st.columns(2)
    with left:
        st.caption("The most frequent words; case, punctuation and HTML are left out.")
        spreadsheet.table(tables.words(prose.frequent), hide_index=True, alt="Most frequent words")
    with right:
        _classes(dataset, profiles, prose.name)


def _classes(dataset: Dataset, profiles: Sequence[ColumnProfile], column: str) -> None:
    target = drafts.likely_target(dataset)
    found = next((each for each in profiles if each.name == target and each.name != column), None)
    if found is None or not 0 < found.distinct <= FEW or not found.levels:
        st.caption("No column of this dataset has few enough values to be the classes of these texts.")
        return
    rows = [count for _, count in found.levels]
    balance = "balanced" if max(rows) <= 1.5 * min(rows) else "unbalanced"
    st.caption(f"The classes of {escape(target)} are {balance}:")
    spreadsheet.table(tables.levels(found), hide_index=True, alt="Rows of each class")
