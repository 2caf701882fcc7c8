"""Outliers put into the raw numbers of a table on purpose, to see how many of them a recipe stands."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from clipviz.core.contamination import Contamination
from clipviz.core.errors import InvalidRecipe
from clipviz.core.table import Table


def contaminated(table: Table, dirt: Contamination) -> Table:
    """The table with outliers in its inputs, or in the targets that it learns from; itself where there are none.

    So many of the rows, at random, get one: in one of their numbers, `size` standard deviations of its training
    values further up or down. A larger rate hits the same rows and more; another size the same cells. Rows are
    copied into memory. Targets of test rows are never touched. Raises InvalidRecipe for a table without numbers,
    images included, and for outliers in a target of classes.
    """
    if dirt.where == "none" or dirt.rate == 0 or dirt.size == 0:
        return table
    rows = table.test if dirt.where == "test" else np.concatenate([table.train, table.validation])
    generator = np.random.default_rng(dirt.seed)
    hit = generator.permutation(rows)
    signs = generator.choice([-1.0, 1.0], len(rows))
    picks = generator.random(len(rows))
    count = round(dirt.rate * len(rows))
    hit, shifts, picks = hit[:count], dirt.size * signs[:count], picks[:count]
    if dirt.where == "target":
        return _targets(table, hit, shifts)
    return _inputs(table, hit, shifts, picks, dirt)


def _targets(table: Table, hit: NDArray[np.int64], shifts: NDArray[np.float64]) -> Table:
    if table.task != "regression":
        raise InvalidRecipe(
            "Outliers in the target need a target of numbers",
            f"{table.target_name!r}, {len(table.classes)} classes",
            "Put them into the training inputs instead",
        )
    target = np.array(table.target)
    target[hit] += shifts * target[table.train].std()
    note = f"{len(hit):,} training and validation targets were made outliers on purpose."
    return dataclasses.replace(table, target=target, notes=(*table.notes, note))


def _inputs(
    table: Table,
    hit: NDArray[np.int64],
    shifts: NDArray[np.float64],
    picks: NDArray[np.float64],
    dirt: Contamination,
) -> Table:
    numbers = np.array(
        [place for place, feature in enumerate(table.features) if feature.number], dtype=np.int64
    )
    if not len(numbers) or table.image is not None or table.inputs.dtype != np.float64:
        raise InvalidRecipe(
            "Outliers on purpose need columns of numbers",
            "images" if table.inputs.dtype != np.float64 else "no such column",
            "Set data.contamination.where to none",
        )
    columns = numbers[(picks * len(numbers)).astype(np.int64)]
    inputs = np.array(table.inputs, dtype=np.float64)
    inputs[hit, columns] += shifts * _spreads(table, numbers)[columns]
    where = "test" if dirt.where == "test" else "training and validation"
    note = f"{len(hit):,} {where} rows were given an outlier on purpose."
    return dataclasses.replace(table, inputs=inputs, ordered=(), notes=(*table.notes, note))


def _spreads(table: Table, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """(F,) standard deviations of the finite training values, 0 for what is no number."""
    spreads = np.zeros(len(table.features))
    for place in numbers.tolist():
        values = np.asarray(table.inputs[table.train, place], dtype=np.float64)
        finite = values[np.isfinite(values)]
        spreads[place] = finite.std() if len(finite) else 0.0
    return spreads
