"""What an input clamp does to a column: bounds from training rows, what it touches, what it moves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.moments import moments as plain_moments
from clipviz.core.profile import Histogram
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Table

BINS = 60
EXTREMES = 10


@dataclass(frozen=True)
class Moments:
    """Of the finite values; std with ddof 1, skewness and excess kurtosis of the sample (biased)."""

    mean: float
    std: float
    skewness: float
    kurtosis: float


@dataclass(frozen=True)
class Effect:
    """values: finite training values; below, above: how many of them the clamp moves."""

    values: int
    below: int
    above: int
    before: Moments
    after: Moments


def numeric_columns(table: Table) -> list[str]:
    return [feature.name for feature in table.features if not feature.levels]


def training_values(table: Table, column: str) -> NDArray[np.float64]:
    """(N_train,) raw values of a numeric column on the training rows; NaN and infinities included."""
    stored = table.inputs[table.train, position(table, column)]
    values: NDArray[np.float64] = stored.astype(np.float64, copy=False)
    return values


def fit(table: Table, column: str, choice: Choice) -> Bounds:
    """Bounds of one column under a policy, from training rows only. Raises InvalidRecipe."""
    bounds: Bounds = build("clipviz.policies.inputs", choice).fit(training_values(table, column))
    return bounds


def effect(values: NDArray[np.float64], bounds: Bounds) -> Effect:
    """What bounds do to values (N,). Infinities are touched by a closed side and counted; NaN never is."""
    finite = values[np.isfinite(values)]
    return Effect(
        values=len(finite),
        below=int((values < bounds.lo).sum()),
        above=int((values > bounds.hi).sum()),
        before=moments(finite),
        after=moments(bounds.clamp(finite)),
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
    rows = table.train if rows is None else rows
    touched = np.zeros(len(rows), dtype=bool)
    for column in numeric_columns(table):
        values = table.inputs[rows, position(table, column)]
        bounds = fit(table, column, inputs.policy_of(column))
        touched |= (values < bounds.lo) | (values > bounds.hi)
    return int(touched.sum())


def harm(done: Effect) -> str:
    """What makes a clamp a bad idea on its face, in a sentence; empty when nothing does."""
    touched = done.below + done.above
    if done.before.std > 0 and done.after.std == 0:
        return "This clamp makes the column constant: it carries no information any more."
    if touched > done.values / 2:
        return "This clamp moves more than half of the values: it changes the column, not its tails."
    return ""


def target_tails(table: Table) -> int:
    """How many training targets lie beyond Tukey's far-out fences (three interquartile ranges); 0 for classes."""
    if table.task == "classification":
        return 0
    target = table.target[table.train]
    low, high = np.quantile(target, [0.25, 0.75])
    reach = 3 * (high - low)
    return int(((target < low - reach) | (target > high + reach)).sum()) if reach > 0 else 0


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
