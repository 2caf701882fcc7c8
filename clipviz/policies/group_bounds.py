"""The bounds that each group of a column got, how much of them is its own, and how far they may be off."""

from dataclasses import dataclass

import numpy as np

from clipviz.core.bounds import Bounds, Floats
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.policies.inputs.base import FittedClamp, Groups
from clipviz.policies.uncertainty import Uncertainty, blended, uncertainty


@dataclass(frozen=True)
class GroupBounds:
    """One level of the category that a clamp goes by.

    rows: its finite training values. weight: what its own bounds count, those of all rows the rest; 0 where it has no
    spread of its own. own: bounds of its rows alone. lo, hi: those that its rows get. uncertain: of these.
    """

    level: int
    rows: int
    weight: float
    own: Bounds
    lo: float
    hi: float
    uncertain: Uncertainty | None


def group_bounds(choice: Choice, values: Floats, groups: Groups, bounds: Bounds) -> tuple[GroupBounds, ...]:
    """One for each group, in the order of their levels; none where the bounds are those of all rows.

    values: (N,) training values of one column, NaN and infinities included; bounds: what the policy fits on them.
    """
    policy = build("clipviz.policies.inputs", choice)
    if not bounds.groups or not isinstance(policy, FittedClamp):
        return ()
    there = np.isfinite(values)
    finite, codes = values[there], groups.codes[there]
    whole = uncertainty(np.sort(finite), choice, bounds)
    found = []
    for level in range(groups.levels):
        members = np.sort(finite[codes == level])
        own, (lo, hi) = policy.fit(members), bounds.groups[level]
        weight = 0.0 if own.open or (lo, hi) == (bounds.lo, bounds.hi) else policy.weight(len(members))
        about = blended(uncertainty(members, choice, own), whole, weight) if weight else whole
        found.append(GroupBounds(level, len(members), weight, own, lo, hi, about))
    return tuple(found)
