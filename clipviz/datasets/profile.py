"""What is known of a column in numbers: counts that add up, moments, quantiles, histograms, tails, a suggestion."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Kind
from clipviz.core.profile import QUANTILES, ColumnProfile, Histogram
from clipviz.datasets import codes, histograms, moments
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.suggest import suggest
from clipviz.datasets.tails import tails

Floats = NDArray[np.float64]


def profile(name: str, kind: Kind, values: Floats, ordered: Floats | None = None) -> ColumnProfile:
    """The profile of a numeric column.

    values: (N,) float64, NaN where missing, +-inf kept and counted. ordered: its finite values sorted, when they are
    at hand. Moments are of finite values; std divides by n; skewness and kurtosis (0 for a Gaussian) are None for a
    constant column; mad is the median distance from the median.
    """
    ordered = sort_finite(values) if ordered is None else ordered
    positive = negative = 0
    if len(ordered) < len(values):
        positive, negative = int(np.isposinf(values).sum()), int(np.isneginf(values).sum())
    return of_sorted(name, kind, len(values), positive, negative, Ordered(ordered))


def of_sorted(
    name: str, kind: Kind, count: int, positive: int, negative: int, ordered: Ordered
) -> ColumnProfile:
    """The profile of a numeric column of `count` rows, from its sorted finite values and its infinite ones.

    What is neither counts as missing.
    """
    missing = count - len(ordered) - positive - negative
    known = ColumnProfile(
        name=name,
        kind=kind,
        count=count,
        missing=missing,
        positive_infinite=positive,
        negative_infinite=negative,
    )
    if not len(ordered):
        return known
    shape = moments.moments(ordered)
    negatives = ordered.rank(0.0, "left")
    known = known.model_copy(
        update={
            "distinct": moments.distinct(ordered),
            "zeros": ordered.rank(0.0, "right") - negatives,
            "negatives": negatives,
            "minimum": ordered.least,
            "maximum": ordered.most,
            "mean": shape.mean,
            "std": shape.std,
            "skewness": shape.skewness,
            "kurtosis": shape.kurtosis,
            "mad": _mad(ordered),
            "quantiles": {f"{q:g}": ordered.quantile(q) for q in QUANTILES},
            "histogram": histograms.linear(ordered, missing, positive, negative),
            "log_histogram": histograms.logarithmic(ordered, missing, positive, negative),
            "tails": tails(ordered),
            "codes": () if kind == "boolean" else codes.find(ordered),
            "levels": _truths(ordered) if kind == "boolean" else (),
        }
    )
    return known.model_copy(update={"suggestion": suggest(known)})


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
    return Ordered(sorted_values).quantile(q)


def histogram(sorted_values: Floats, missing: int = 0, positive: int = 0, negative: int = 0) -> Histogram:
    """The linear histogram of ascending finite values; see `histograms.linear`."""
    return histograms.linear(Ordered(sorted_values), missing, positive, negative)


def _mad(ordered: Ordered) -> float:
    """Median distance from the median."""
    centre, last = ordered.quantile(0.5), len(ordered) - 1
    halves = {ordered.distance(centre, place) for place in (last // 2, last - last // 2)}
    return min(2.0 * (min(halves) / 2 + max(halves) / 2), float(np.finfo(float).max))


def _truths(ordered: Ordered) -> tuple[tuple[str, int], ...]:
    """Counts of true and false, the commoner one first."""
    yes = len(ordered) - ordered.rank(1.0, "left")
    counts = [(word, count) for word, count in (("true", yes), ("false", len(ordered) - yes)) if count]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))
