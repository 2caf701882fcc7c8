"""What one stored column becomes as inputs of a network: a number as it is, a category as codes, a date as numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Column
from clipviz.core.table import Feature
from clipviz.datasets import date_features, files
from clipviz.datasets.numerals import LARGEST_WHOLE
from clipviz.datasets.words import distinct_words

MOST_LEVELS = 50


def features(
    column: Column, cells: Any, train: NDArray[np.int64]
) -> tuple[list[tuple[Feature, NDArray[np.float64]]], list[str]]:
    """What a column becomes, each feature with its (N,) values, and sentences about it."""
    if column.kind == "category":
        feature, values, notes = _coded(column.name, cells, train)
        return [(feature, values)], notes
    if column.kind == "date":
        found = date_features.features(column.name, cells, train)
        listed = ", ".join(feature.name.removeprefix(f"{column.name}: ") for feature, _ in found)
        return found, [f"{column.name} is read as {listed}."] if found else []
    values = files.numbers(cells)
    finite = values[np.isfinite(values)]
    big = column.kind == "integer" and len(finite) > 0 and float(np.abs(finite).max()) >= LARGEST_WHOLE
    note = f"{column.name} has whole numbers beyond 2^53; as inputs they are rounded."
    return [(Feature(column.name, marks=column.marks), values)], [note] if big else []


def constant(values: NDArray[np.float64]) -> bool:
    """True when the values that are there are all the same (codes of a category: -1 is a value)."""
    present = values[~np.isnan(values)]
    return len(present) == 0 or bool(np.all(present == present[0]))


def _coded(name: str, cells: Any, train: NDArray[np.int64]) -> tuple[Feature, NDArray[np.float64], list[str]]:
    """Codes of a category: the 50 commonest levels of the training rows, by count, then by name."""
    words, codes = distinct_words(cells)
    known = codes[train]
    counts = np.bincount(known[known >= 0], minlength=len(words))
    ranked = sorted(np.flatnonzero(counts).tolist(), key=lambda place: (-counts[place], words[place]))
    levels = ranked[:MOST_LEVELS]
    code = np.full(len(words) + 1, -1.0)  # the last one for cells without a word
    code[levels] = np.arange(len(levels))
    dropped = len(ranked) - len(levels)
    note = [f"{name} has {len(ranked):,} levels; the {dropped:,} rarest count as unknown."] if dropped else []
    return Feature(name, tuple(words[place] for place in levels)), code[codes], note
