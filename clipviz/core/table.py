"""A table ready for training: plain arrays, already split; knows no files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Reading
from clipviz.core.recipe import Task

Inputs = NDArray[np.float64] | NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class Feature:
    """One raw input column. levels: the categories behind the codes 0..L-1; empty for a number. token: whether it is
    the id of a word at one position of a text. marks: what its cells had beside their numbers (see `Column.marks`).
    """

    name: str
    levels: tuple[str, ...] = ()
    token: bool = False
    marks: tuple[str, ...] = ()

    def written(self) -> list[Any]:
        """As JSON has it."""
        return [self.name, list(self.levels), self.token, list(self.marks)]

    @classmethod
    def read(cls, written: Sequence[Any]) -> Self:
        """What `written` gave; raises ValueError, TypeError."""
        name, levels, token, marks = written
        return cls(name, tuple(levels), token, tuple(marks))

    @property
    def number(self) -> bool:
        """Whether its values are quantities, which can be clamped and scaled."""
        return not self.levels and not self.token


@dataclass(frozen=True)
class Table:
    """Rows of one dataset as a recipe sees them.

    inputs: (N, F) float64, raw: numbers as they are (NaN missing, +-inf kept), categories as codes
        0..L-1 into `Feature.levels` with -1 for unseen or missing. Levels come from training rows only.
        Of a large table it is a read-only map of a file, as are the other arrays.
        Images: uint8 or uint16 as stored, an eighth or a quarter of the memory; convert before computing.
    target: (N,) float64, raw, finite; for classification the index 0..C-1 into `classes`, which are those of the
        training rows. Other rows may be of classes that no training row shows: -1, -2, ... stand for these, and no
        prediction of them is right.
    train, validation, test: disjoint arrays of row positions into `inputs`.
    source_rows: (N,) positions in the dataset's Parquet (rows without a usable target are left out).
    """

    features: tuple[Feature, ...]
    inputs: Inputs
    target: NDArray[np.float64]
    target_name: str
    task: Task
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    source_rows: NDArray[np.int64]
    ordered: tuple[NDArray[np.float64], ...] = ()
    """Of each feature its finite training values, ascending (none for a category); empty where nobody sorted them."""
    ordered_target: NDArray[np.float64] | None = None
    """The training targets, ascending; None where nobody sorted them, as with classes."""
    image: tuple[int, int, int] | None = None
    """(height, width, channels) of the images that the inputs are, pixel by pixel; None where they are not, or not
    whole."""
    words: tuple[str, ...] = ()
    """What the ids 2, 3, ... of the tokens stand for, the last columns of the inputs; empty without a text."""
    notes: tuple[str, ...] = ()
    """Sentences about what was left out: columns that cannot be used, rows without a target."""
    reading: Reading = field(default_factory=Reading)
    """How the cells of its file were read; the rows that a model is given later are read in the same way."""
