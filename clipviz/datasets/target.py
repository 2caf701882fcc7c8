"""What a recipe predicts: which rows can be used, the task, and the classes that the training rows show."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Column
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Task
from clipviz.datasets import files
from clipviz.datasets.words import distinct_words

FEW_VALUES = 20
MOST_CLASSES = 200
WORDS = ("category", "text")


@dataclass(frozen=True)
class Cells:
    """A target column before the split.

    values: (N,) of all rows, NaN where unusable; words: what the values stand for where they are no numbers.
    """

    values: NDArray[np.float64]
    words: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """values: (M,) of the usable rows, numbers or codes as `core.table.Table` has them."""

    values: NDArray[np.float64]
    task: Task
    classes: tuple[str, ...]
    notes: tuple[str, ...]


def read(column: Column, cells: Any, wanted: Task | None) -> Cells:
    """The pyarrow cells of a target column; raises InvalidRecipe where it can be no target, or not of this task."""
    if column.kind in ("date", "empty"):
        raise InvalidRecipe(
            "A target must hold numbers or categories",
            f"{'an' if column.kind == 'empty' else 'a'} {column.kind} column",
            "Pick another column",
        )
    if column.kind in WORDS:
        if wanted == "regression":
            raise InvalidRecipe(
                "Regression needs a target of numbers", f"words in {column.name!r}", "Choose classification"
            )
        found = _words(cells)
    else:
        values = files.numbers(cells)
        notes = _left_out(len(values), int(np.isnan(values).sum()), int(np.isinf(values).sum()))
        found = Cells(np.where(np.isfinite(values), values, np.nan), (), notes)
    if np.isnan(found.values).all():
        raise InvalidRecipe(
            "A target must hold values", f"{column.name!r} without any finite value", "Pick another column"
        )
    return found


def decide(
    column: Column, cells: Cells, rows: NDArray[np.int64], train: NDArray[np.int64], wanted: Task | None
) -> Target:
    """The target of the usable rows (M,), from what the training rows among them, `train`, show.

    Nothing depends on the values of other rows: not the task, and not the number of classes. Raises InvalidRecipe
    for a target that does not vary, or with too many classes.
    """
    values = cells.values[rows]
    distinct = np.unique(values[train])
    if len(distinct) == 1:
        raise InvalidRecipe(
            "A target must vary",
            f"{column.name!r} with one value only in the training rows",
            "Pick another column or another split",
        )
    task = wanted or task_of(column, len(distinct))
    if task == "regression":
        return Target(values, task, (), cells.notes)
    if len(distinct) > MOST_CLASSES:
        raise _too_many(column, len(distinct))
    place = np.minimum(np.searchsorted(distinct, values), len(distinct) - 1)
    known = distinct[place] == values
    unseen = np.unique(values[~known])
    codes = np.where(known, place, -1 - np.searchsorted(unseen, values)).astype(np.float64)
    names = [
        tuple(cells.words[int(value)] if cells.words else _name(column, value) for value in some)
        for some in (distinct.tolist(), unseen.tolist())
    ]
    return Target(codes, task, names[0], (*cells.notes, *_never_right(int((~known).sum()), names[1])))


def task_of(column: Column, distinct: int) -> Task:
    """What a target of this kind with so many distinct values asks for, when nobody says."""
    if column.kind == "number" or (column.kind == "integer" and distinct > FEW_VALUES):
        return "regression"
    return "classification"


def _words(cells: Any) -> Cells:
    found, codes = distinct_words(cells)
    ranked = sorted(range(len(found)), key=lambda place: _in_order(found[place]))
    value = np.full(len(found) + 1, np.nan)  # the last one for cells without a word
    value[ranked] = np.arange(len(found))
    words = tuple(found[place] for place in ranked)
    return Cells(value[codes], words, _left_out(len(codes), cells.null_count, 0))


def _in_order(word: str) -> tuple[int, float, str]:
    """Whole numbers by value, before words by letter: 2 before 10."""
    if word.isascii() and word.isdecimal() and len(word) < 16:
        return 0, float(word), word
    return 1, 0.0, word


def _too_many(column: Column, distinct: int) -> InvalidRecipe:
    remedy = "Pick a target with fewer values"
    if column.kind in WORDS:
        remedy += '. If its numbers were read as text, mend that under "How it was read" on the Data page'
    else:
        remedy += ", or choose regression"
    return InvalidRecipe(
        f"Classification takes at most {MOST_CLASSES} classes",
        f"{distinct:,} different values in the training rows of {column.name!r}",
        remedy,
    )


def _name(column: Column, value: float) -> str:
    if column.kind == "boolean":
        return "true" if value else "false"
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _left_out(rows: int, missing: int, infinite: int) -> tuple[str, ...]:
    notes = []
    if missing:
        notes.append(f"{missing:,} of {rows:,} rows have no target and were left out.")
    if infinite:
        notes.append(f"{infinite:,} of {rows:,} rows have an infinite target and were left out.")
    return tuple(notes)


def _never_right(rows: int, unseen: tuple[str, ...]) -> tuple[str, ...]:
    if not rows:
        return ()
    shown = ", ".join(unseen[:5]) + (f" and {len(unseen) - 5:,} more" if len(unseen) > 5 else "")
    which = f"class {shown}" if len(unseen) == 1 else f"classes {shown}"
    return (
        f"{rows:,} validation or test {'row is' if rows == 1 else 'rows are'} of {which}, which no training row shows: "
        "every prediction there counts as wrong.",
    )
