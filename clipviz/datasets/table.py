"""A stored dataset as a recipe sees it: usable rows, usable columns, numbers and codes, split."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipviz.core.contamination import Contamination
from clipviz.core.dataset import NUMERIC, Column, Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe, Task
from clipviz.core.settings import Settings
from clipviz.core.table import Feature, Inputs, Table
from clipviz.datasets import (
    column_features,
    files,
    kept,
    pixel_features,
    split_keys,
    target,
    word_features,
)
from clipviz.datasets.contamination import contaminated
from clipviz.datasets.input_columns import Columns, InMemory
from clipviz.datasets.split import split

FEWEST_ROWS = 10
RESIDENT_VALUES = 4_000_000
"""Cells of a dataset from which on its tables are kept on disk, and mapped."""


@dataclass(frozen=True)
class Usable:
    """The rows that have a target: their positions in the file, the target's values, and how they are split."""

    rows: NDArray[np.int64]
    target: NDArray[np.float64]
    task: Task
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    notes: tuple[str, ...]


def load(settings: Settings, dataset: Dataset, recipe: Recipe) -> Table:
    """The table that `recipe` trains on.

    Rows without a finite target are left out and counted in the notes, as are columns that cannot be used: text,
    empty ones, and those that are constant over the training rows. Categories become codes of the 50 commonest levels
    of the training rows, -1 for others. Dates become the numbers of `date_features`. Missing numbers stay NaN,
    infinities stay.
    The task and the classes follow from the training rows as well; rows of other classes are kept and counted.
    Outliers that the recipe asks for are put in at last (see `contamination`).
    Raises InvalidRecipe for an unknown or unusable target, fewer than ten usable rows, or no usable column.
    """
    clean = recipe.model_copy(
        update={"data": recipe.data.model_copy(update={"contamination": Contamination()})}
    )
    if dataset.image is None and dataset.rows * len(dataset.columns) > RESIDENT_VALUES:
        found = kept.table(settings, dataset, clean)
    else:
        found = build(settings, dataset, clean, InMemory())
    return contaminated(found, recipe.data.contamination)


def build(settings: Settings, dataset: Dataset, recipe: Recipe, columns: Columns) -> Table:
    """The table, made from the stored dataset; its inputs are put together by `columns`, images in memory."""
    usable = usable_rows(settings, dataset, recipe)
    if dataset.image is not None:
        features, inputs, notes = pixel_features.inputs(settings, dataset, recipe, usable.rows, usable.train)
        words: tuple[str, ...] = ()
    else:
        features, inputs, words, notes = _inputs(settings, dataset, recipe, usable, columns)
    return Table(
        features=features,
        inputs=inputs,
        target=usable.target,
        target_name=recipe.data.target,
        task=usable.task,
        classes=usable.classes,
        train=usable.train,
        validation=usable.validation,
        test=usable.test,
        source_rows=usable.rows,
        image=pixel_features.whole(dataset, recipe),
        words=words,
        notes=(*usable.notes, *notes),
        reading=dataset.reading,
    )


def usable_rows(settings: Settings, dataset: Dataset, recipe: Recipe) -> Usable:
    """The rows that `recipe` can learn from, split; raises InvalidRecipe as `load` does for target and rows."""
    column = _column(dataset, recipe.data.target, "target")
    place = files.folder(settings, dataset.id)
    cells = target.read(column, files.read(place, [column.name]).column(0), recipe.data.task)
    rows = np.flatnonzero(np.isfinite(cells.values)).astype(np.int64)
    if len(rows) < FEWEST_ROWS:
        raise InvalidRecipe(
            f"Training needs at least {FEWEST_ROWS} rows with a target",
            f"{len(rows)}",
            "Add rows or pick another target",
        )
    keys, said = _keys(place, dataset, recipe, column, rows)
    train, validation, test = split(len(rows), recipe.split, keys)
    goal = target.decide(column, cells, rows, train, recipe.data.task)
    return Usable(rows, goal.values, goal.task, goal.classes, train, validation, test, (*goal.notes, *said))


def _keys(
    place: Path, dataset: Dataset, recipe: Recipe, goal: Column, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    """(what the split goes by, sentences about it): see `split_keys`; None for a random split."""
    how = recipe.split
    if how.kind == "random":
        return None, ()
    column = goal if how.column is None else _column(dataset, how.column, "split's column")
    cells = files.read(place, [column.name]).column(0).take(rows)
    if how.kind == "time":
        return split_keys.times(column, cells)
    if how.kind == "group":
        return split_keys.groups(column, cells)
    if how.kind == "given":
        return split_keys.given(column, cells)
    if column.kind in ("number", "integer"):
        classes = column is goal and recipe.data.task == "classification"
        return split_keys.strata(files.numbers(cells), classes), ()
    return split_keys.groups(column, cells)[0], ()


def _column(dataset: Dataset, name: str, role: str) -> Column:
    column = dataset.column(name)
    if column is None:
        known = ", ".join(column.name for column in dataset.columns[:20])
        raise InvalidRecipe(f"The {role} must be a column of the dataset", repr(name), f"Pick one of {known}")
    return column


def _inputs(
    settings: Settings, dataset: Dataset, recipe: Recipe, kept: Usable, columns: Columns
) -> tuple[tuple[Feature, ...], Inputs, tuple[str, ...], tuple[str, ...]]:
    """(features, (N, F) inputs, words, notes); column by column, so that a wide file is in memory once."""
    place = files.folder(settings, dataset.id)
    usable, unusable = _candidates(dataset, recipe)
    features: list[Feature] = []
    constant: list[str] = []
    notes: list[str] = []
    stored = files.each_column(place, [column.name for column in usable])
    for column, cells in zip(usable, stored, strict=True):
        some = cells if len(kept.rows) == len(cells) else cells.take(kept.rows)
        found, note = column_features.features(column, some, kept.train)
        notes.extend(note)
        varied = [
            (feature, values) for feature, values in found if not column_features.constant(values[kept.train])
        ]
        if not varied:
            constant.append(column.name)
        for feature, values in varied:
            features.append(feature)
            columns.add(values)
    for kind, names in unusable.items():
        reason = (
            "prose is read only where it is the text to read"
            if kind == "text"
            else f"{kind} columns cannot be used"
        )
        notes.append(f"Left out {_listed('column', names)}: {reason}.")
    if constant:
        notes.append(f"Left out {_listed('column', constant)}: constant over the training rows.")
    words: tuple[str, ...] = ()
    if recipe.data.text is not None:
        read = _read_text(place, dataset, recipe.data, kept)
        words = read.words
        notes.append(read.note)
        for number, ids in enumerate(read.ids.T, 1):
            features.append(Feature(f"{recipe.data.text.column}: word {number}", token=True))
            columns.add(ids.astype(np.float64))
    if not features:
        raise InvalidRecipe(
            "Training needs at least one usable column beside the target",
            "none: " + (" ".join(notes) or "no other column"),
            "Add a column of numbers or categories that varies",
        )
    return tuple(features), columns.together(), words, tuple(notes)


def _read_text(place: Path, dataset: Dataset, data: Data, kept: Usable) -> word_features.Read:
    """The text that a recipe reads, with the vocabulary of its training rows; raises InvalidRecipe."""
    assert data.text is not None
    column = _column(dataset, data.text.column, "text")
    if column.name == data.target or column.kind not in word_features.READABLE:
        raise InvalidRecipe(
            "The text must be a column of prose beside the target",
            f"{column.name!r}, {'the target' if column.name == data.target else f'a {column.kind} column'}",
            'Pick another one, or read it as text under "How it was read"',
        )
    cells = files.read(place, [column.name]).column(0).take(kept.rows)
    return word_features.read(data.text, cells.to_pylist(), kept.train)


def _candidates(dataset: Dataset, recipe: Recipe) -> tuple[list[Column], dict[str, list[str]]]:
    """(columns that may be used, names of the others by kind) of those that the recipe asks for."""
    predicted, wanted = recipe.data.target, recipe.data.features
    if wanted is not None and predicted in wanted:
        raise InvalidRecipe(
            "The target cannot be an input as well", repr(predicted), "Take it out of the columns"
        )
    asked = dataset.columns if wanted is None else tuple(_column(dataset, name, "input") for name in wanted)
    usable: list[Column] = []
    unusable: dict[str, list[str]] = {}
    for column in dict.fromkeys(asked):
        if column.name == predicted or (recipe.data.text and column.name == recipe.data.text.column):
            continue
        if wanted is None and recipe.split.kind in ("group", "given") and column.name == recipe.split.column:
            continue  # who or which part a row belongs to is known of the rows at hand only
        if column.kind in (*NUMERIC, "category", "date"):
            usable.append(column)
        else:
            unusable.setdefault(column.kind, []).append(column.name)
    return usable, unusable


def _listed(noun: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return f"{noun if len(names) == 1 else noun + 's'} {shown}"
