"""What a network stands on: the clamps of inputs and target, fitted to the training rows."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipviz.core.recipe import Recipe
from clipviz.core.table import Table
from clipviz.training.fit_front import fit
from clipviz.training.front import Front
from clipviz.training.target_clamp import clamped


class Ground(NamedTuple):
    """What the clamps of a recipe make of a table, before there is a network. stays: training rows that are left.
    goals: (N_train,) what the loss compares with."""

    front: Front
    goals: NDArray[np.float64]
    stays: NDArray[np.bool_]
    notes: tuple[str, ...]


def grounded(recipe: Recipe, table: Table) -> Ground:
    """Fits the clamps of a recipe; raises InvalidRecipe."""
    goals = clamped(table, recipe.target_clamp)
    front, notes, stays = fit(table, recipe.inputs, goals.leaving)
    return Ground(front, goals.values, stays, (*goals.notes, *notes))
