"""The tail-value test: does the target still follow a column beyond a bound, or are those values errors?"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis.column import TrainingColumn
from clipviz.analysis.ranks import Compared, class_shares, rank_sum, rank_trend
from clipviz.core.bounds import Bounds

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Side = Literal["lower", "upper"]
Verdict = Literal["signal", "error", "turns", "no difference", "too few"]
MOST = 1_000
"""Rows of a stretch that are looked at; of more, evenly spread ones by value."""
INSIDE = 20_000
FEWEST, BESIDE = 3, 30
LEVEL = 0.05
APART = 0.01
"""Below it, rows beyond a bound are taken to be unlike those anywhere: falsely an error is told late, not early."""


@dataclass(frozen=True)
class Stretch:
    """Training rows of neighbouring values, ascending. values, target: (N,) of those looked at; rows: how many."""

    values: Floats
    target: Floats
    rows: int


@dataclass(frozen=True)
class Stretches:
    """A column cut at its bounds: beyond them, next to them inside, and everything inside."""

    lower: Stretch
    beside_lower: Stretch
    inside: Stretch
    beside_upper: Stretch
    upper: Stretch


@dataclass(frozen=True)
class TailValue:
    """What the target does beyond one bound, told by training rows only.

    rows: training rows beyond; beside: rows compared with, those next to the bound. level: their targets beside those
    beyond; trend: Spearman's correlation of value and target beyond the bound, and its p (numbers only); leading: the
    same inside, from the median to the bound; whole: beyond beside all rows inside. medians: of the target beyond, next
    to the bound, and inside; NaN for classes.
    """

    side: Side
    verdict: Verdict
    rows: int
    beside: int
    level: Compared
    trend: tuple[float, float]
    leading: tuple[float, float]
    whole: Compared
    medians: tuple[float, float, float]


def stretches(column: TrainingColumn, bounds: Bounds) -> Stretches:
    """The training rows of a column by where they lie, with their targets.

    Next to a bound means as many rows as lie beyond it, at least 30, at most 1,000, never more than a quarter of those
    inside; with bounds for groups, each row is as near as it is to the bound of its group. Rows with a missing value
    are in no stretch; infinities lie beyond a closed bound.
    """
    found, within = _of_groups(column, bounds) if bounds.groups else _of_all(column, bounds)
    lower, beside_lower, beside_upper, upper = (_stretch(column, places) for places in found)
    sample = np.linspace(0, column.rows - 1, min(column.rows, INSIDE)).astype(np.int64)
    values, codes = column.at(sample), column.codes(bounds)
    beyond = np.logical_or(*bounds.outside(values, None if codes is None else codes[sample]))
    inside = sample[np.isfinite(values) & ~beyond]
    middle = _stretch(column, inside, INSIDE, within)
    column.let_go()
    return Stretches(lower, beside_lower, middle, beside_upper, upper)


def _of_all(column: TrainingColumn, bounds: Bounds) -> tuple[list[Places], int]:
    """(positions below, next to the lower bound, next to the upper one, above; finite values inside), where all rows
    share their bounds: one look at all values, some at a time."""
    edge_lower, edge_upper, within = _edges(column, bounds)
    found: list[list[Places]] = [[], [], [], []]
    start = 0
    for values in column.blocks():
        masks = (
            values < bounds.lo, (values >= bounds.lo) & (values <= edge_lower),
            (values >= edge_upper) & (values <= bounds.hi), values > bounds.hi,
        )  # fmt: skip
        for places, mask in zip(found, masks, strict=True):
            places.append(start + np.flatnonzero(mask))
        start += len(values)
    return [np.concatenate([np.empty(0, dtype=np.int64), *places]) for places in found], within


def _of_groups(column: TrainingColumn, bounds: Bounds) -> tuple[list[Places], int]:
    """The same where each group has bounds of its own."""
    values, codes = column.values, column.codes(bounds)
    (lo, hi), (below, above) = bounds.limits(codes), bounds.outside(values, codes)
    inside = np.flatnonzero(np.isfinite(values) & ~below & ~above)

    def nearest(away: Floats, beyond: int) -> Places:
        near = np.flatnonzero(np.isfinite(away))
        count = min(len(near), _beside(beyond, len(inside)))
        return inside[near[np.argsort(away[near], kind="stable")[:count]]]

    lower, upper = (
        nearest((values - lo)[inside], int(below.sum())),
        nearest((hi - values)[inside], int(above.sum())),
    )
    return [np.flatnonzero(below), lower, upper, np.flatnonzero(above)], len(inside)


def _beside(beyond: int, inside: int) -> int:
    """How many rows are next to a bound."""
    return min(max(1, inside // 4), max(BESIDE, min(MOST, beyond))) if beyond else 0


def _edges(column: TrainingColumn, bounds: Bounds) -> tuple[float, float, int]:
    """(greatest value that is next to the lower bound, least next to the upper one, finite values inside); NaN
    where nothing lies beyond."""
    ordered = column.ordered
    first = int(np.searchsorted(ordered, bounds.lo, "left"))
    end = int(np.searchsorted(ordered, bounds.hi, "right"))
    below = first + (column.negative if bounds.lo > -np.inf else 0)
    above = len(ordered) - end + (column.positive if bounds.hi < np.inf else 0)
    lower = upper = np.nan
    if end > first and below:
        lower = float(ordered[first + _beside(below, end - first) - 1])
    if end > first and above:
        upper = float(ordered[end - _beside(above, end - first)])
    return lower, upper, end - first


def tail_values(cut: Stretches, classes: bool) -> tuple[TailValue, ...]:
    """One answer for each bound that has rows beyond it. classes: the target holds class codes, not numbers."""
    sides: tuple[tuple[Side, Stretch, Stretch], ...] = (
        ("lower", cut.lower, cut.beside_lower),
        ("upper", cut.upper, cut.beside_upper),
    )
    return tuple(
        _tail_value(side, beyond, beside, cut.inside, classes)
        for side, beyond, beside in sides
        if beyond.rows
    )


def _tail_value(side: Side, beyond: Stretch, beside: Stretch, inside: Stretch, classes: bool) -> TailValue:
    answer = partial(TailValue, side=side, rows=beyond.rows, beside=beside.rows)
    nothing = Compared(0.0 if classes else 0.5, 1.0)
    medians = (np.nan, np.nan, np.nan)
    if not classes:
        medians = _median(beyond.target), _median(beside.target), _median(inside.target)
    if beyond.rows < FEWEST or beside.rows < FEWEST:
        return answer(
            verdict="too few", level=nothing, trend=(0.0, 1.0), leading=(0.0, 1.0), whole=nothing,
            medians=medians,
        )  # fmt: skip
    if classes:
        codes = [each.target.astype(np.int64) for each in (beyond, beside, inside)]
        level, whole = class_shares(codes[0], codes[1]), class_shares(codes[0], codes[2])
        verdict: Verdict = "no difference"
        if level.p < LEVEL:
            verdict = "error" if whole.p >= APART else "signal"
        return answer(
            verdict=verdict, level=level, trend=(0.0, 1.0), leading=(0.0, 1.0), whole=whole, medians=medians
        )
    level, whole = rank_sum(beyond.target, beside.target), rank_sum(beyond.target, inside.target)
    trend = rank_trend(beyond.values, beyond.target)
    middle = _median(inside.values)
    half = inside.values <= middle if side == "lower" else inside.values >= middle
    leading = rank_trend(inside.values[half], inside.target[half])
    return answer(
        verdict=_verdict(side, level, trend, leading, whole),
        level=level, trend=trend, leading=leading, whole=whole, medians=medians,
    )  # fmt: skip


def _verdict(
    side: Side, level: Compared, trend: tuple[float, float], leading: tuple[float, float], whole: Compared
) -> Verdict:
    """Two tests are made, so each must pass at half the level.

    Signal: the target goes on as it was led up to the bound, in its level or in its change beyond; or, where nothing
    led, it is at a level of its own or changes there. Error: it falls back, against the trend, to what it is anywhere.
    Turns: it goes against the trend, but not back to that.
    """
    outwards = 1.0 if side == "upper" else -1.0
    led = leading[0] * outwards if leading[1] < LEVEL else 0.0
    step = level.size - 0.5 if level.p < LEVEL / 2 else 0.0
    change = trend[0] * outwards if trend[1] < LEVEL / 2 else 0.0
    if min(led * step, led * change) < 0 and max(led * step, led * change) <= 0:
        return "error" if whole.p >= APART else "turns"
    return "signal" if step or change else "no difference"


def _stretch(column: TrainingColumn, places: Places, most: int = MOST, rows: int = -1) -> Stretch:
    """rows: how many there are, where `places` are a sample of them already."""
    values = column.at(places)
    order = np.argsort(values, kind="stable")
    if len(order) > most:
        order = order[np.linspace(0, len(order) - 1, most).astype(np.int64)]
    return Stretch(values[order], column.targets(places[order]), len(places) if rows < 0 else rows)


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")
