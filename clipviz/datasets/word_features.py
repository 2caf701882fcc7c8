"""A column of prose as a recipe sees it: the id of the word at each position."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Kind
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Text
from clipviz.datasets.text import UNKNOWN, Tokens, fit

READABLE: tuple[Kind, ...] = ("text", "category")


class Read(NamedTuple):
    """ids: (N, T) int32, 0 pads behind, 1 is any word without an id. words: those with the ids 2, 3, ... ."""

    ids: NDArray[np.int32]
    words: tuple[str, ...]
    note: str


def read(how: Text, texts: Sequence[str | None], train: NDArray[np.int64]) -> Read:
    """The ids of all texts under the vocabulary of the training rows; raises InvalidRecipe where it would be empty."""
    tokens = Tokens(lower=how.lower, punctuation=how.punctuation)
    vocabulary = fit((texts[place] for place in train.tolist()), tokens, how.words, how.least)
    if not vocabulary.words:
        raise InvalidRecipe(
            f"A text needs words that the training rows have at least {how.least} times",
            f"none in {how.column!r}",
            "Lower data.text.least, or pick another column",
        )
    ids, lengths = vocabulary.encode(texts, how.length)
    unknown = float((ids == UNKNOWN).sum() / max(int(lengths.sum()), 1))
    cut = float((lengths == how.length).mean())
    note = (
        f"{how.column} is read as its first {how.length:,} words, out of {len(vocabulary.words):,} that the training "
        f"rows have; {unknown:.1%} of all words are others, {cut:.0%} of the texts are as long or longer."
    )
    return Read(ids, vocabulary.words, note)
