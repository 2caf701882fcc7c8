"""What an input clamp does to a column: bounds from training rows, what it touches, what it moves."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Action, Bounds
from clipviz.core.moments import moments as plain_moments
from clipviz.core.profile import Histogram
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Table
from clipviz.datasets.input_columns import forget
from clipviz.datasets.ordered import Ordered
from clipviz.policies import fitting

BINS = 60
EXTREMES = 10
ROWS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Moments:
    """Of the finite values; std with ddof 1, skewness and excess kurtosis of the sample (biased)."""

    mean: float
    std: float
    skewness: float
    kurtosis: float


@dataclass(frozen=True)
class Effect:
    """values: finite training values; below, above: how many lie beyond a bound, infinities too; action: what becomes
    of them. after: moments of what remains: where values become missing or rows are trimmed, without these.
    """

    values: int
    below: int
    above: int
    before: Moments
    after: Moments
    action: Action = "clamp"


def numeric_columns(table: Table) -> list[str]:
    return [feature.name for feature in table.features if feature.number]


def training_values(table: Table, column: str) -> NDArray[np.float64]:
    """(N_train,) raw values of a numeric column on the training rows; NaN and infinities included."""
    stored = table.inputs[table.train, position(table, column)]
    values: NDArray[np.float64] = stored.astype(np.float64, copy=False)
    return values


def fit(table: Table, column: str, choice: Choice) -> Bounds:
    """Bounds of one column under a policy, from training rows only. Raises InvalidRecipe."""
    return fitting.fit(table, choice, training_values(table, column))


def effect(values: NDArray[np.float64], bounds: Bounds, codes: NDArray[np.int64] | None = None) -> Effect:
    """What bounds do to values (N,), codes (N,) being the rows' groups where there are bounds for each. Infinities
    are touched by a closed side and counted; NaN never is."""
    kept = np.isfinite(values)
    finite = values[kept]
    below, above = bounds.outside(values, codes)
    after = bounds.clamp(finite, None if codes is None else codes[kept])
    return Effect(
        values=len(finite),
        below=int(below.sum()),
        above=int(above.sum()),
        before=moments(finite),
        after=moments(after[~np.isnan(after)]),
        action=bounds.action,
    )


def moments(values: NDArray[np.float64]) -> Moments:
    """Moments of finite values (N,); NaN where undefined."""
    rows = len(values)
    if rows < 2:
        return Moments(float(values[0]) if rows else np.nan, np.nan, np.nan, np.nan)
    found = plain_moments(values)
    return Moments(found.mean, found.std * math.sqrt(rows / (rows - 1)), found.skewness, found.kurtosis)


def rows_touched(table: Table, inputs: Inputs, rows: NDArray[np.int64] | None = None) -> int:
    """How many of some rows (None: the training rows) the clamps of all columns touch, each row counted once.

    The bounds come from the training rows, whichever rows are counted.
    """
    fitted = {name: fit(table, name, inputs.policy_of(name)) for name in numeric_columns(table)}
    return rows_beyond(table, fitted, rows)


def touched(table: Table, inputs: Inputs, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,) which of some rows (N,) have a value beyond the bounds of its column; bounds are of the training rows."""
    fitted = {name: fit(table, name, inputs.policy_of(name)) for name in numeric_columns(table)}
    return np.concatenate([np.zeros(0, dtype=bool), *_beyond(table, fitted, rows)])


def rows_beyond(table: Table, bounds: dict[str, Bounds], rows: NDArray[np.int64] | None = None) -> int:
    """How many of some rows (None: the training rows) have a value beyond the bounds of its column."""
    return sum(int(some.sum()) for some in _beyond(table, bounds, table.train if rows is None else rows))


def _beyond(table: Table, bounds: dict[str, Bounds], rows: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    """Which rows have a value beyond its column's bounds, a bounded number of rows at a time."""
    cuts = {place: bounds.get(feature.name, Bounds()) for place, feature in enumerate(table.features)}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        found = np.zeros(len(some), dtype=bool)
        for place, cut in cuts.items():
            if not cut.open:
                values = table.inputs[some, place]
                found |= np.logical_or(*cut.outside(values, fitting.codes(table, cut, some)))
        yield found


def harm(done: Effect) -> str:
    """What makes a clamp a bad idea on its face, in a sentence; empty when nothing does."""
    touched = done.below + done.above
    if done.before.std > 0 and done.after.std == 0:
        return "This clamp makes the column constant: it carries no information any more."
    if touched > done.values / 2 and done.action in ("missing", "trim"):
        return "More than half of the values lie beyond these bounds: little of the column would be left."
    if touched > done.values / 2:
        return "This clamp moves more than half of the values: it changes the column, not its tails."
    return ""


def target_tails(table: Table) -> int:
    """How many training targets lie beyond Tukey's far-out fences (three interquartile ranges); 0 for classes."""
    if table.task == "classification":
        return 0
    if table.ordered_target is not None:
        return _beyond_fences(table.ordered_target)
    target = table.target[table.train]
    low, high = np.quantile(target, [0.25, 0.75])
    reach = 3 * (high - low)
    return int(((target < low - reach) | (target > high + reach)).sum()) if reach > 0 else 0


def _beyond_fences(ordered: NDArray[np.float64]) -> int:
    """The same of sorted targets, which may be a map of a file: nothing is copied."""
    known = Ordered(ordered)
    low, high = known.quantile(0.25), known.quantile(0.75)
    reach = 3 * (high - low)
    inside = known.rank(high + reach, "right") - known.rank(low - reach, "left")
    forget(ordered)
    return len(ordered) - inside if reach > 0 else 0


def rounded(value: float, span: float) -> float:
    """A value with no more digits than a thousandth of a span can show: what a hand on a chart can mean."""
    if not span > 0:
        return value
    return float(round(value, int(np.ceil(-np.log10(span / 1000)))))


def extreme_rows(table: Table, column: str, count: int = EXTREMES) -> NDArray[np.int64]:
    """Positions in the table of the training rows farthest from the column's median, the farthest first."""
    values = training_values(table, column)
    finite = values[np.isfinite(values)]
    centre = np.median(finite) if len(finite) else 0.0
    distance = np.where(np.isnan(values), -1.0, np.abs(values - centre))
    count = min(count, len(values))
    if count == 0:
        return table.train[:0]
    least = -np.partition(-distance, count - 1)[count - 1]
    near = np.flatnonzero(distance >= least)
    return table.train[near[np.argsort(-distance[near], kind="stable")[:count]]]


def whole_range(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges from the least to the greatest finite value."""
    finite = values[np.isfinite(values)]
    return edges(float(finite.min()), float(finite.max())) if len(finite) else edges(0.0, 1.0)


def central_range(values: NDArray[np.float64], bounds: Sequence[float] = ()) -> NDArray[np.float64]:
    """Edges around the middle 98 % of the finite values, widened to show finite bounds nearby."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return edges(0.0, 1.0)
    low, high = (float(edge) for edge in np.quantile(finite, [0.01, 0.99]))
    return widened(low, high, bounds, float(finite.min()), float(finite.max()))


def widened(
    low: float, high: float, bounds: Sequence[float], least: float, most: float
) -> NDArray[np.float64]:
    """Edges from low to high and a little further, to finite bounds nearby, never past the extremes."""
    reach = high - low
    near = [bound for bound in bounds if low - 2 * reach <= bound <= high + 2 * reach]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.05 * (high - low)
    return edges(max(low - margin, least), min(high + margin, most))


def edges(low: float, high: float) -> NDArray[np.float64]:
    """(B + 1,) evenly spaced edges, around a single value as well."""
    if not high > low:
        half = max(abs(low) * 0.05, 0.5)
        low, high = low - half, high + half
    return np.linspace(low, high, BINS + 1)


def histogram(values: NDArray[np.float64], edges: NDArray[np.float64]) -> Histogram:
    """Counts of values (N,) between edges, with everything outside counted too."""
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(finite, edges)
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        below=int((finite < edges[0]).sum()),
        above=int((finite > edges[-1]).sum()),
        positive_infinite=int(np.isposinf(values).sum()),
        negative_infinite=int(np.isneginf(values).sum()),
        missing=int(np.isnan(values).sum()),
    )


def position(table: Table, column: str) -> int:
    """Where a column stands among the inputs of a table."""
    return next(index for index, feature in enumerate(table.features) if feature.name == column)
