"""Texts on the Clamp page: how long they are, and where their clamps will sit."""

import math

import streamlit as st

from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.layout import CONFIG
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.datasets import files
from clipviz.ui import state
from clipviz.ui.text import counted, escape, number, plain

LONG = "0.95"
"""The quantile of lengths that is drawn as a line."""


def show(dataset: Dataset) -> bool:
    """One histogram of lengths for each column of prose; whether there is any."""
    texts = [each for each in files.texts(state.settings(), dataset.id).values() if each.lengths is not None]
    for place, prose in enumerate(texts):
        assert prose.lengths is not None
        st.subheader(f"How long the texts of {escape(prose.name, 40)} are")
        middle, long, longest = (math.ceil(prose.quantiles[share]) for share in ("0.5", LONG, "1"))
        st.markdown(
            f"Half of **{counted(prose.texts, 'text')}** have {number(middle)} words or fewer, 95 % "
            f"have {number(long)} or fewer, the longest has {number(longest)}. A network that reads the "
            f"first {number(long)} words cuts the ends off the other 5 %."
        )
        st.plotly_chart(
            column_histogram(
                "words in a text", prose.lengths, palette(st.context.theme.type), Bounds(hi=long),
                log_counts=True, unit="texts",
            ),
            theme=None, config=CONFIG, key=f"clamp.lengths:{dataset.id}:{place}",
            alt=f"Histogram of the lengths of {plain(prose.name)}",
        )  # fmt: skip
    if texts:
        st.caption(
            "Words become embeddings inside the network: their values and norms are clamped there, not in a column."
        )
    return bool(texts)
