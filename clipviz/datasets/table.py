"""A stored dataset as a recipe sees it: usable rows, usable columns, numbers and codes, split."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import NUMERIC, Column, Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe, Task
from clipviz.core.settings import Settings
from clipviz.core.table import Feature, Table
from clipviz.datasets import files
from clipviz.datasets.split import split

FEW_VALUES = 20
MOST_CLASSES = 200
MOST_LEVELS = 50
FEWEST_ROWS = 10
WORDS = ("category", "text")


@dataclass(frozen=True)
class _Target:
    """values: (N,) of all rows, NaN where unusable; classes: their names for classification."""

    values: NDArray[np.float64]
    task: Task
    classes: tuple[str, ...]
    notes: tuple[str, ...]


def load(settings: Settings, dataset: Dataset, recipe: Recipe) -> Table:
    """The table that `recipe` trains on.

    Rows without a finite target are left out and counted in the notes, as are columns that cannot be used: dates,
    text, empty ones, and those that are constant over the training rows. Categories become codes of the 50 commonest
    levels of the training rows, -1 for others. Missing numbers stay NaN, infinities stay.
    Raises InvalidRecipe for an unknown or unusable target, fewer than ten usable rows, or no usable column.
    """
    column = _column(dataset, recipe.data.target, "target")
    place = files.folder(settings, dataset.id)
    target = _target(column, files.read(place, [column.name]).column(0), recipe.data.task)
    rows = np.flatnonzero(np.isfinite(target.values)).astype(np.int64)
    if len(rows) < FEWEST_ROWS:
        raise InvalidRecipe(
            f"Training needs at least {FEWEST_ROWS} rows with a target",
            f"{len(rows)}",
            "Add rows or pick another target",
        )
    train, validation, test = split(len(rows), recipe.split)
    values = target.values[rows]
    features, inputs, notes = _inputs(settings, dataset, recipe, rows, train)
    return Table(
        features=features,
        inputs=inputs,
        target=values,
        target_name=column.name,
        task=target.task,
        classes=target.classes,
        train=train,
        validation=validation,
        test=test,
        source_rows=rows,
        notes=(*target.notes, *_unseen_classes(values[train], target), *notes),
    )


def task_of(column: Column, distinct: int) -> Task:
    """What a target of this kind with so many distinct values asks for, when nobody says."""
    if column.kind == "number" or (column.kind == "integer" and distinct > FEW_VALUES):
        return "regression"
    return "classification"


def _column(dataset: Dataset, name: str, role: str) -> Column:
    column = dataset.column(name)
    if column is None:
        known = ", ".join(column.name for column in dataset.columns[:20])
        raise InvalidRecipe(f"The {role} must be a column of the dataset", repr(name), f"Pick one of {known}")
    return column


def _target(column: Column, cells: Any, wanted: Task | None) -> _Target:
    if column.kind in ("date", "empty"):
        raise InvalidRecipe(
            "A target must hold numbers or categories", f"a {column.kind} column", "Pick another column"
        )
    if column.kind in WORDS:
        if wanted == "regression":
            raise InvalidRecipe(
                "Regression needs a target of numbers", f"words in {column.name!r}", "Choose classification"
            )
        return _classes_of_words(column, cells)
    values = files.numbers(cells)
    finite = np.isfinite(values)
    notes = _left_out(len(values), int(np.isnan(values).sum()), int(np.isinf(values).sum()))
    values = np.where(finite, values, np.nan)
    distinct = np.unique(values[finite])
    _check_varied(column, len(distinct))
    task = wanted or task_of(column, len(distinct))
    if task == "regression":
        return _Target(values, task, (), notes)
    _check_classes(column, len(distinct))
    codes = np.full(len(values), np.nan)
    codes[finite] = np.searchsorted(distinct, values[finite])
    return _Target(codes, task, tuple(_class_name(column, value) for value in distinct), notes)


def _classes_of_words(column: Column, cells: Any) -> _Target:
    words = cells.to_pylist()
    classes = sorted({word for word in words if word is not None})
    _check_varied(column, len(classes))
    _check_classes(column, len(classes))
    code = {word: float(position) for position, word in enumerate(classes)}
    values = np.array([code.get(word, np.nan) for word in words])
    return _Target(values, "classification", tuple(classes), _left_out(len(words), cells.null_count, 0))


def _check_varied(column: Column, distinct: int) -> None:
    if distinct == 0:
        raise InvalidRecipe(
            "A target must hold values", f"{column.name!r} without any finite value", "Pick another column"
        )
    if distinct == 1:
        raise InvalidRecipe(
            "A target must vary", f"{column.name!r} with one value only", "Pick another column"
        )


def _check_classes(column: Column, distinct: int) -> None:
    if distinct > MOST_CLASSES:
        raise InvalidRecipe(
            f"Classification takes at most {MOST_CLASSES} classes",
            f"{distinct:,} different values in {column.name!r}",
            "Pick a target with fewer values" + ("" if column.kind in WORDS else ", or choose regression"),
        )


def _class_name(column: Column, value: float) -> str:
    if column.kind == "boolean":
        return "true" if value else "false"
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(float(value))


def _left_out(rows: int, missing: int, infinite: int) -> tuple[str, ...]:
    notes = []
    if missing:
        notes.append(f"{missing:,} of {rows:,} rows have no target and were left out.")
    if infinite:
        notes.append(f"{infinite:,} of {rows:,} rows have an infinite target and were left out.")
    return tuple(notes)


def _unseen_classes(train: NDArray[np.float64], target: _Target) -> tuple[str, ...]:
    seen = set(train.astype(int).tolist()) if target.classes else set()
    unseen = [name for code, name in enumerate(target.classes) if code not in seen]
    return (f"No training row shows {_listed('class', unseen, 'classes')}.",) if unseen else ()


def _inputs(
    settings: Settings, dataset: Dataset, recipe: Recipe, rows: NDArray[np.int64], train: NDArray[np.int64]
) -> tuple[tuple[Feature, ...], NDArray[np.float64], tuple[str, ...]]:
    """(features, (N, F) inputs, notes); column by column, so that a wide file is in memory once."""
    place = files.folder(settings, dataset.id)
    usable, unusable = _candidates(dataset, recipe)
    features: list[Feature] = []
    columns: list[NDArray[np.float64]] = []
    constant: list[str] = []
    notes: list[str] = []
    stored = files.each_column(place, [column.name for column in usable])
    for column, cells in zip(usable, stored, strict=True):
        if column.kind in NUMERIC:
            feature, values = Feature(column.name), files.numbers(cells)[rows]
        else:
            feature, values, note = _coded(column.name, cells.take(rows), train)
            notes.extend(note)
        if _constant(values[train]):
            constant.append(column.name)
        else:
            features.append(feature)
            columns.append(values)
    for reason, names in ((f"{kind} columns cannot be used", names) for kind, names in unusable.items()):
        notes.append(f"Left out {_listed('column', names)}: {reason}.")
    if constant:
        notes.append(f"Left out {_listed('column', constant)}: constant over the training rows.")
    if not features:
        raise InvalidRecipe(
            "Training needs at least one usable column beside the target",
            "none: " + (" ".join(notes) or "no other column"),
            "Add a column of numbers or categories that varies",
        )
    return tuple(features), np.column_stack(columns), tuple(notes)


def _candidates(dataset: Dataset, recipe: Recipe) -> tuple[list[Column], dict[str, list[str]]]:
    """(columns that may be used, names of the others by kind) of those that the recipe asks for."""
    target, wanted = recipe.data.target, recipe.data.features
    if wanted is not None and target in wanted:
        raise InvalidRecipe(
            "The target cannot be an input as well", repr(target), "Take it out of the columns"
        )
    asked = dataset.columns if wanted is None else tuple(_column(dataset, name, "input") for name in wanted)
    usable: list[Column] = []
    unusable: dict[str, list[str]] = {}
    for column in dict.fromkeys(asked):
        if column.name == target:
            continue
        if column.kind in (*NUMERIC, "category"):
            usable.append(column)
        else:
            unusable.setdefault(column.kind, []).append(column.name)
    return usable, unusable


def _coded(name: str, cells: Any, train: NDArray[np.int64]) -> tuple[Feature, NDArray[np.float64], list[str]]:
    """Codes of a category: the 50 commonest levels of the training rows, by count, then by name."""
    words: list[str | None] = cells.to_pylist()
    counts = Counter(word for position in train.tolist() if (word := words[position]) is not None)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    levels = ranked[:MOST_LEVELS]
    code = {word: float(position) for position, word in enumerate(levels)}
    values = np.array([code.get(word, -1.0) if word is not None else -1.0 for word in words])
    dropped = len(ranked) - len(levels)
    note = [f"{name} has {len(ranked):,} levels; the {dropped:,} rarest count as unknown."] if dropped else []
    return Feature(name, tuple(levels)), values, note


def _constant(values: NDArray[np.float64]) -> bool:
    """True when the values that are there are all the same (codes of a category: -1 is a value)."""
    present = values[~np.isnan(values)]
    return len(present) == 0 or bool(np.all(present == present[0]))


def _listed(noun: str, names: Sequence[str], plural: str = "") -> str:
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return f"{noun if len(names) == 1 else plural or noun + 's'} {shown}"
