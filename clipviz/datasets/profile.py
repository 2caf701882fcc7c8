"""What is known of a column in numbers: counts that add up, moments, quantiles, a histogram with overflow bins."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Kind
from clipviz.core.moments import moments
from clipviz.core.profile import QUANTILES, ColumnProfile, Histogram

Floats = NDArray[np.float64]
BINS = 60
MOST_UNIT_BINS = 64
MIDDLE = (0.005, 0.995)
WIDENED = 0.25


def profile(name: str, kind: Kind, values: Floats, ordered: Floats | None = None) -> ColumnProfile:
    """The profile of a numeric column.

    values: (N,) float64, NaN where missing, +-inf kept and counted. ordered: its finite values sorted, when they are
    at hand. Moments are of finite values; std divides by n; skewness and kurtosis (0 for a Gaussian) are None for a
    constant column; mad is the median distance from the median.
    """
    ordered = sort_finite(values) if ordered is None else ordered
    positive, negative = int(np.isposinf(values).sum()), int(np.isneginf(values).sum())
    missing = len(values) - len(ordered) - positive - negative
    counts: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "count": len(values),
        "missing": missing,
        "positive_infinite": positive,
        "negative_infinite": negative,
    }
    if not len(ordered):
        return ColumnProfile(**counts)
    return ColumnProfile(
        **counts,
        distinct=1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])),
        zeros=int(np.searchsorted(ordered, 0.0, "right") - np.searchsorted(ordered, 0.0, "left")),
        negatives=int(np.searchsorted(ordered, 0.0, "left")),
        minimum=float(ordered[0]),
        maximum=float(ordered[-1]),
        **_moments(ordered),
        mad=_mad(ordered),
        quantiles={f"{q:g}": quantile(ordered, q) for q in QUANTILES},
        histogram=histogram(ordered, missing, positive, negative),
    )


def profile_words(
    name: str, kind: Kind, count: int, missing: int, distinct: int, levels: Sequence[tuple[str, int]]
) -> ColumnProfile:
    """The profile of a column of words: counts and its most frequent values."""
    return ColumnProfile(
        name=name, kind=kind, count=count, missing=missing, distinct=distinct, levels=tuple(levels)
    )


def sort_finite(values: Floats) -> Floats:
    """The finite values of (N,), ascending."""
    return np.sort(values[np.isfinite(values)])


def touched(sorted_values: Floats, lo: float, hi: float) -> tuple[int, int]:
    """How many finite values lie strictly below `lo` and strictly above `hi`; exact, by bisection."""
    below = int(np.searchsorted(sorted_values, lo, "left"))
    above = len(sorted_values) - int(np.searchsorted(sorted_values, hi, "right"))
    return below, above


def quantile(sorted_values: Floats, q: float) -> float:
    """The q-quantile of ascending finite values, linear between neighbours (numpy's default)."""
    place = q * (len(sorted_values) - 1)
    low = int(place)
    share = place - low
    left = float(sorted_values[low])
    right = float(sorted_values[min(low + 1, len(sorted_values) - 1)])
    return left if left == right else left * (1 - share) + right * share


def histogram(sorted_values: Floats, missing: int = 0, positive: int = 0, negative: int = 0) -> Histogram:
    """Counts between edges that show the middle of the data; the tails go to the overflow bins, nothing is lost.

    Edges reach from the 0.5 % to the 99.5 % quantile and a quarter of that range further, never past the extremes.
    A column of few whole numbers gets one bin for each.
    """
    edges = _edges(sorted_values)
    places = np.searchsorted(sorted_values, edges, "left")
    places[-1] = np.searchsorted(sorted_values, edges[-1], "right")
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(np.diff(places).tolist()),
        below=int(places[0]),
        above=len(sorted_values) - int(places[-1]),
        positive_infinite=positive,
        negative_infinite=negative,
        missing=missing,
    )


def _edges(ordered: Floats) -> Floats:
    """(B + 1,) strictly ascending edges."""
    low, high = float(ordered[0]), float(ordered[-1])
    if low == high:
        half = max(0.5, abs(low) * 1e-6)
        return np.array([max(low - half, -np.finfo(float).max), min(high + half, np.finfo(float).max)])
    whole = high - low < MOST_UNIT_BINS and abs(low) < 2**40 and bool(np.all(ordered == np.floor(ordered)))
    if whole:
        return np.arange(low - 0.5, high + 1.0, 1.0)
    first, last = quantile(ordered, MIDDLE[0]), quantile(ordered, MIDDLE[1])
    if first < last:
        margin = WIDENED * (last / 2 - first / 2) * 2
        low, high = max(low, first - margin), min(high, last + margin)
    share = np.linspace(0.0, 1.0, BINS + 1)
    edges = np.unique(low * (1 - share) + high * share)
    return edges if len(edges) > 1 else np.array([low, high])


def _moments(ordered: Floats) -> dict[str, float | None]:
    found = moments(ordered)._asdict()
    return {name: None if np.isnan(value) else value for name, value in found.items()}


def _mad(ordered: Floats) -> float:
    """Median distance from the median; halves are taken so that the extremes of float64 do not overflow."""
    middle = quantile(ordered, 0.5)
    return float(min(2.0 * np.median(np.abs(ordered / 2 - middle / 2)), np.finfo(float).max))
