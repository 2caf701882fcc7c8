"""Values to send through a policy: an exact Gaussian, or a column of a dataset."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.core.moments import moments
from clipviz.core.profile import Histogram

COUNT = 2001


def gaussian(mean: float, std: float, count: int = COUNT) -> NDArray[np.float64]:
    """(count,) quantiles of a normal distribution at evenly spaced shares: its shape without sampling noise."""
    shares = (np.arange(count) + 0.5) / count
    unit = NormalDist()
    return mean + std * np.array([unit.inv_cdf(share) for share in shares])


def representative(ascending: NDArray[np.float64], count: int = COUNT) -> NDArray[np.float64]:
    """At most `count` values, evenly spaced in rank, of sorted finite values (N,); both extremes are among them."""
    if len(ascending) <= count:
        return np.array(ascending, dtype=np.float64)
    places = np.linspace(0, len(ascending) - 1, count).round().astype(np.int64)
    return np.array(ascending[places], dtype=np.float64)


def standardised(values: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values (M,) less the mean of their column (N,), over its standard deviation (ddof 0), as a network's first layer
    sees them; only centred where the column has no spread."""
    if not len(column):
        return values.copy()
    found = moments(column)
    return (values - found.mean) / found.std if found.std > 0 else values - found.mean


def reach(values: NDArray[np.float64]) -> float:
    """How far an axis goes on both sides to show 99 % of the values (N,); 1 where all are 0, or there are none."""
    return float(np.quantile(np.abs(values), 0.99)) or 1.0 if len(values) else 1.0


def histograms(
    before: NDArray[np.float64], after: NDArray[np.float64], low: float, high: float
) -> tuple[Histogram, Histogram]:
    """Both on the same edges from low to high, with everything outside and not finite counted."""
    edges = clamping.edges(low, high)
    return clamping.histogram(before, edges), clamping.histogram(after, edges)
