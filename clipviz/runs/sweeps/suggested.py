"""Which clamp the shape of each column suggests to a search: of its training rows, for the others judge its answer."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import NUMERIC, Dataset, Kind
from clipviz.core.recipe import Choice, Data, Recipe, Split
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.profile import of_sorted, sort_finite
from clipviz.datasets.table import usable_rows


def suggested(settings: Settings, recipe: Recipe) -> dict[str, Choice]:
    """By input column, and for a target of numbers; columns that no rule speaks of are left out.

    Raises NotFound, and InvalidRecipe for a target that cannot be learned.
    """
    return dict(_of_rows(settings, recipe.data, recipe.split))


@lru_cache(maxsize=32)
def _of_rows(settings: Settings, data: Data, split: Split) -> tuple[tuple[str, Choice], ...]:
    recipe = Recipe(data=data, split=split)
    dataset = files.dataset(settings, data.dataset)
    usable = usable_rows(settings, dataset, recipe)
    train = usable.rows[usable.train]
    found = {
        name: _suggestion(name, kind, files.values(settings, dataset.id, name)[train])
        for name, kind in _inputs(dataset, recipe)
    }
    kind = next(column.kind for column in dataset.columns if column.name == data.target)
    if usable.task == "regression" and kind in NUMERIC:
        found[data.target] = _suggestion(data.target, kind, usable.target[usable.train])
    return tuple((name, choice) for name, choice in found.items() if choice is not None)


def _inputs(dataset: Dataset, recipe: Recipe) -> Iterator[tuple[str, Kind]]:
    """The columns of numbers that a recipe reads; of images none, for all pixels are clamped alike."""
    data, split = recipe.data, recipe.split
    apart = split.column if split.kind in ("group", "given") else None  # read only where somebody says so
    for column in () if dataset.image else dataset.columns:
        read = column.name != apart if data.features is None else column.name in data.features
        if read and column.kind in NUMERIC and column.name != data.target:
            yield column.name, column.kind


def _suggestion(name: str, kind: Kind, values: NDArray[np.float64]) -> Choice | None:
    infinite = int(np.isposinf(values).sum()), int(np.isneginf(values).sum())
    found = of_sorted(name, kind, len(values), *infinite, Ordered(sort_finite(values))).suggestion
    return None if found is None else found.policy
