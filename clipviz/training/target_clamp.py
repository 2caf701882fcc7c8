"""Clamping the target: what the loss compares with on training rows, and nothing else."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.policies import fitting


class Goals(NamedTuple):
    """values: (N_train,) training targets behind the clamp, in the target's units. leaving: (N_train,) training rows
    that the clamp trims. notes: sentences about what it did.
    """

    values: NDArray[np.float64]
    leaving: NDArray[np.bool_]
    notes: tuple[str, ...] = ()


def clamped(table: Table, choice: Choice) -> Goals:
    """The training targets as the loss sees them; targets of other rows, and every metric, stay as they are.

    Raises InvalidRecipe for a clamp of classes, or one that makes no sense on a target.
    """
    targets = table.target[table.train]
    staying = np.zeros(len(targets), dtype=bool)
    if choice.id == "none":
        return Goals(targets, staying)
    if table.task == "classification":
        raise InvalidRecipe(
            "A target clamp needs a target of numbers",
            f"{table.target_name!r}, {len(table.classes)} classes",
            "Set target_clamp to none, or the task to regression",
        )
    fitting.check_target(choice)
    bounds = fitting.fit(table, choice, targets)
    codes = fitting.codes(table, bounds, table.train)
    beyond = np.logical_or(*bounds.outside(targets, codes))
    notes = [f"{table.target_name}: {bounds.note}"] if bounds.note else []
    count = int(beyond.sum())
    if bounds.action == "trim":
        notes.append(
            f"{table.target_name}: {count:,} training rows are left out for a target beyond the bounds"
        )
        return Goals(targets, beyond, tuple(notes))
    notes.append(
        f"{table.target_name}: {count:,} training targets clamped to {bounds.lo:.5g} … {bounds.hi:.5g}; "
        "metrics are on targets as they are"
    )
    return Goals(bounds.clamp(targets, codes), staying, tuple(notes))
