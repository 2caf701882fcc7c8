"""Fitting an input clamp to a column of a table: which rows, and which groups."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds, Floats
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.policies.group_bounds import GroupBounds, group_bounds
from clipviz.policies.inputs.base import FittedClamp, Groups, InputClamp

PACKAGE = "clipviz.policies.inputs"


def fit(table: Table, choice: Choice, values: Floats) -> Bounds:
    """Bounds from the values (N_train,) of one column on the training rows, group by group where the policy says so.

    Raises InvalidRecipe for a policy that cannot be, or that goes by a column that is no category among the features.
    """
    policy: InputClamp = build(PACKAGE, choice)
    by: str | None = getattr(policy, "by", None)
    return policy.fit(values, None if by is None else _groups(table, by))


def fit_sorted(table: Table, choice: Choice, ordered: Floats) -> Bounds:
    """The same bits from the finite ones of these values (N,), ascending, where the bounds go `by_rank`."""
    policy: InputClamp = build(PACKAGE, choice)
    return policy.fit_sorted(ordered) if isinstance(policy, FittedClamp) else fit(table, choice, ordered)


def by_rank(choice: Choice) -> bool:
    """Whether a policy's bounds hang on the ranks of the values alone, or on none: sorted ones give the same bits."""
    policy: InputClamp = build(PACKAGE, choice)
    if (
        getattr(policy, "action", "") == "soft"
    ):  # its width is a standard deviation, whose last bits follow the order
        return False
    return not isinstance(policy, FittedClamp) or policy.shares is not None


def by_group(table: Table, choice: Choice, values: Floats, bounds: Bounds) -> tuple[GroupBounds, ...]:
    """What `fit` found for each group, and how sure it is; none where the bounds are those of all rows."""
    return group_bounds(choice, values, _groups(table, bounds.by), bounds) if bounds.groups else ()


def _groups(table: Table, by: str) -> Groups:
    place = category(table, by)
    return Groups(_codes(table.inputs[table.train, place]), len(table.features[place].levels))


def codes(table: Table, bounds: Bounds, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """(N,) levels of some rows in the column that the bounds go by, -1 for none; None where they go by none."""
    return _codes(table.inputs[rows, category(table, bounds.by)]) if bounds.groups else None


def category(table: Table, name: str) -> int:
    """Where a category column stands among the features; raises InvalidRecipe."""
    levels = {feature.name: place for place, feature in enumerate(table.features) if feature.levels}
    if name not in levels:
        known = ", ".join(list(levels)[:10])
        raise InvalidRecipe(
            "A group-wise clamp goes by a category column among the features",
            repr(name),
            f"Choose one of {known}" if levels else "Leave the group empty: no feature is a category",
        )
    return levels[name]


def check_target(choice: Choice) -> None:
    """Raises InvalidRecipe for an input clamp that makes no sense on a target: without a value nothing is learned, and
    no column can tell the network what it has to find out.
    """
    policy: InputClamp = build(PACKAGE, choice)
    if getattr(policy, "action", "clamp") == "missing":
        raise InvalidRecipe(
            "A target clamp may clamp, clamp softly or trim rows", "action 'missing'", "Choose action 'trim'"
        )
    if getattr(policy, "indicators", False):
        raise InvalidRecipe("A target clamp has no indicator columns", True, "Set indicators to false")


def fill(bounds: Bounds, finite: Floats, codes: NDArray[np.int64] | None = None) -> float:
    """What a missing value of a column becomes: the median of its finite training values (N,), N >= 1, leaving out
    those that the bounds make missing."""
    if bounds.action == "missing":
        below, above = bounds.outside(finite, codes)
        inside = finite[~(below | above)]
        finite = inside if inside.size else finite
    return float(np.median(finite))


def _codes(stored: NDArray[Any]) -> NDArray[np.int64]:
    return stored.astype(np.int64)
