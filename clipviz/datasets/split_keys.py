"""What a split goes by, as one number a row: its stratum, its group, or its time."""

from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import NUMERIC, Column
from clipviz.core.errors import InvalidRecipe
from clipviz.datasets import files
from clipviz.datasets.given_parts import Part, part_of
from clipviz.datasets.words import distinct_words

STRATA = 10
FEW_VALUES = 20
Keys = NDArray[np.float64]


def strata(values: NDArray[np.float64], classes: bool) -> Keys:
    """(N,) strata of (N,) values: each of few values or classes is one, many numbers fall into ten of equal size.

    Missing values are a stratum of their own.
    """
    finite = values[np.isfinite(values)]
    if classes or len(np.unique(finite)) <= FEW_VALUES:
        return np.where(np.isnan(values), -np.inf, values)
    if not len(finite):
        return np.zeros(len(values))
    edges = np.unique(np.quantile(finite, np.linspace(0, 1, STRATA + 1)[1:-1]))
    return np.where(np.isnan(values), -np.inf, np.searchsorted(edges, values, "right"))


def groups(column: Column, cells: Any) -> tuple[Keys, tuple[str, ...]]:
    """((N,) number of each row's group, sentences); a row without a group is a group of its own."""
    codes = cells.combine_chunks().dictionary_encode().indices if len(cells) else cells
    found = np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.float64)
    lone = np.flatnonzero(found < 0)
    found[lone] = len(found) + np.arange(len(lone))
    if not len(lone):
        return found, ()
    return found, (f"{len(lone):,} rows have no {column.name}; each counts as a group of its own.",)


def given(column: Column, cells: Any) -> tuple[Keys, tuple[str, ...]]:
    """((N,) part that each row's word names: 0 to train, 1 to validate, 2 to test; sentences); a row without a word
    trains. Raises InvalidRecipe for other words."""
    words, codes = distinct_words(cells) if column.kind in ("category", "text") else ([], np.zeros(0))
    parts = [part_of(word) for word in words]
    strange = next((word for word, part in zip(words, parts, strict=True) if part is None), None)
    if not words or strange is not None:
        raise InvalidRecipe(
            "A given split needs a column of the words train, validation and test",
            f"{column.name!r}, a {column.kind} column" if not words else f"{strange!r} in {column.name!r}",
            "Pick another column",
        )
    numbers = np.array([*(get_args(Part).index(part) for part in parts), 0.0])
    missing = int((codes < 0).sum())
    note = f"{missing:,} rows have no {column.name}; they are for training."
    absent = [part for part in get_args(Part) if part not in parts]
    drawn = f"{column.name} names no rows for {' and '.join(absent)}: they are drawn from the training rows."
    return numbers[codes], tuple(filter(None, (note if missing else "", drawn if absent else "")))


def times(column: Column, cells: Any) -> tuple[Keys, tuple[str, ...]]:
    """((N,) time of each row, sentences); rows without one come first. Raises InvalidRecipe for words."""
    import pyarrow as pa

    if column.kind == "date":
        found = cells.cast(pa.timestamp("us")).cast(pa.int64()).cast(pa.float64(), safe=False)
        values = np.array(found.to_numpy(), dtype=np.float64)
    elif column.kind in NUMERIC:
        values = files.numbers(cells)
    else:
        raise InvalidRecipe(
            "A split by time needs a column of dates or numbers",
            f"{column.name!r}, a {column.kind} column",
            "Pick another column, or set its type to date on the Data page",
        )
    missing = np.isnan(values)
    if missing.all():
        raise InvalidRecipe("A split by time needs times", f"none in {column.name!r}", "Pick another column")
    if not missing.any():
        return values, ()
    note = f"{int(missing.sum()):,} rows have no {column.name}; they count as the earliest."
    return np.where(missing, -np.inf, values), (note,)
