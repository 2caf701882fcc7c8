"""Texts on the Clamp page: how long they are and how much of them is read, and what bounds their words' vectors."""

import math

import numpy as np
import streamlit as st

from clipviz.analysis import clamping, embeddings
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds, Floats
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.profile import Histogram
from clipviz.core.recipe import Recipe, Text
from clipviz.datasets import files
from clipviz.datasets.text import TextProfile
from clipviz.ui import drafts, forms, places, state
from clipviz.ui.columns import lopsided
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import counted, escape, number, plain, share

LONG = "0.95"
"""The quantile of lengths that is drawn as a line where no network reads the text."""


def found(dataset: Dataset) -> list[TextProfile]:
    """The columns of prose that hold some text."""
    return [each for each in files.texts(state.settings(), dataset.id).values() if each.lengths is not None]


def show(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, texts: list[TextProfile]) -> Recipe:
    """A histogram of lengths for each column of prose; for the one that is read, how much of it, and what bounds the
    vectors of its words. Returns the recipe with what was chosen."""
    for place, prose in enumerate(texts):
        st.subheader(f"How long the texts of {escape(prose.name, 40)} are")
        read = recipe.data.text
        if read is not None and read.column == prose.name:
            chosen = forms.fields(Text, read.model_dump(), draft.key("clamp.text"), names=("length",))
            read = read.model_copy(update=chosen)
            recipe = recipe.model_copy(update={"data": recipe.data.model_copy(update={"text": read})})
            _lengths(dataset, prose, place, read.length)
            recipe = _vectors(draft, recipe)
        else:
            _lengths(dataset, prose, place, None)
            st.caption("No network reads this column yet: on the Train page it is the Text to read.")
    return recipe


def _lengths(dataset: Dataset, prose: TextProfile, place: int, read: int | None) -> None:
    """read: how many words of a text a network reads; None: none does."""
    assert prose.lengths is not None
    middle, long, longest = (math.ceil(prose.quantiles[share]) for share in ("0.5", LONG, "1"))
    words = (
        f"Half of **{counted(prose.texts, 'text')}** have {counted(middle, 'word')} or fewer, 95 % "
        f"have {number(long)} or fewer, the longest has {number(longest)}."
    )
    if read is not None:
        cut = longer(prose.lengths, read) if read < longest else 0.0
        words += (
            f" The network reads the first **{counted(read, 'word')}**: that cuts the ends off about "
            f"**{share(cut, prose.texts)}** of the texts."
            if cut
            else f" The network reads the first **{counted(read, 'word')}**: every text is read whole."
        )
    st.markdown(words)
    figure = column_histogram(
        "words in a text", prose.lengths, palette(st.context.theme.type), Bounds(hi=read or long),
        log_counts=lopsided(prose.lengths), unit="texts",
    )  # fmt: skip
    said = f"Histogram of the lengths of {plain(prose.name)}"
    drawn([Drawing(said, figure, said, heading=False)], key=f"clamp.lengths:{dataset.id}:{place}")


def longer(lengths: Histogram, words: int) -> float:
    """About how many texts have more words: whole bins, and a share of the one that the bound falls into."""
    total = float(lengths.above)
    for low, high, count in zip(lengths.edges, lengths.edges[1:], lengths.counts, strict=False):
        total += count * min(1.0, max(0.0, (high - words) / (high - low)))
    return total


def _vectors(draft: drafts.Draft, recipe: Recipe) -> Recipe:
    """The clips of word vectors, and what they do to those of a new network."""
    try:
        there = embeddings.PLACE in build("clipviz.models", recipe.model).places()
    except InvalidRecipe:
        there = False
    if not there:
        st.caption("Words become vectors inside a network that reads text; this recipe's model reads none.")
        return recipe
    with st.container(border=True):
        st.subheader("The vectors of its words")
        st.caption(
            "Each word is a learned vector. A clip bounds its single values, or, as Vector norm, its length; "
            "it stands inside the network, at the place “embedding”."
        )
        now = recipe.clips_at.get(embeddings.PLACE, ())
        chain = places.chain(embeddings.PLACE, now, draft)
        others = {name: clips for name, clips in recipe.clips_at.items() if name != embeddings.PLACE}
        recipe = recipe.model_copy(
            update={"clips_at": {**others, **({embeddings.PLACE: chain} if chain else {})}}
        )
        with st.spinner("Starting the word vectors …"):
            known = _starting(recipe.model_dump_json(include={"model", "clips_at", "seed"}), recipe)
        moved = int((known.values != known.clamped_values).sum())
        st.markdown(
            f"The vectors of {number(len(known.norms))} words of a new network: length "
            f"**{_range(known.norms)}**"
            + (
                f", behind the clip {_range(known.clamped_norms)}; {share(moved, len(known.values))} of their "
                "values change."
                if chain
                else "; nothing bounds them yet."
            )
        )
        drawings = []
        for title, unit, before, after in (
            ("length of a word's vector", "words", known.norms, known.clamped_norms),
            ("single value of a vector", "values", known.values, known.clamped_values),
        ):
            edges = clamping.whole_range(np.concatenate([before, after]))
            behind = clamping.histogram(after, edges) if chain else None
            counts = clamping.histogram(before, edges)
            figure = column_histogram(title, counts, palette(st.context.theme.type), None, behind, True, unit)
            drawings.append(Drawing(title.capitalize(), figure, f"Histogram: {title}", heading=False))
        drawn(drawings, key="clamp.vectors", least=360)
        st.caption("Training moves them from here; a run shows what flows into the clip as it learns.")
    return recipe


def _range(norms: Floats) -> str:
    least, most = (number(round(float(end), 3), 3) for end in (norms.min(), norms.max()))
    return least if least == most else f"{least} … {most}"


@st.cache_data(max_entries=64, show_spinner=False)
def _starting(what: str, _recipe: Recipe) -> embeddings.Embeddings:
    return embeddings.starting(_recipe)
