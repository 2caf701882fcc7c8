"""The bounds of each group as a run's record keeps them."""

import math

import numpy as np

from clipviz.core.recipe import Inputs
from clipviz.core.run import GroupLimit, GroupLimits
from clipviz.core.table import Table
from clipviz.policies import fitting
from clipviz.policies.group_bounds import GroupBounds
from clipviz.policies.uncertainty import Interval


def group_limits(table: Table, inputs: Inputs) -> dict[str, GroupLimits]:
    """By column, those that go by groups only; from the training rows, as the front has them."""
    found = {}
    for place, feature in enumerate(table.features):
        choice = inputs.policy_of(feature.name)
        if not feature.number or not choice.fields().get("by"):
            continue
        values = table.inputs[table.train, place].astype(np.float64)
        bounds = fitting.fit(table, choice, values)
        levels = table.features[fitting.category(table, bounds.by)].levels
        found[feature.name] = GroupLimits(
            by=bounds.by,
            levels={
                levels[each.level]: _limit(each) for each in fitting.by_group(table, choice, values, bounds)
            },
        )
    return found


def _limit(found: GroupBounds) -> GroupLimit:
    about = found.uncertain
    return GroupLimit(
        rows=found.rows,
        weight=found.weight,
        lo=_closed(found.lo),
        hi=_closed(found.hi),
        lo_interval=_ends(about.lo) if about else None,
        hi_interval=_ends(about.hi) if about else None,
    )


def _ends(interval: Interval | None) -> tuple[float | None, float | None] | None:
    return None if interval is None else (_closed(interval[0]), _closed(interval[1]))


def _closed(value: float) -> float | None:
    return value if math.isfinite(value) else None
