"""How heavy the tails of a column are."""

import numpy as np
from numpy.typing import NDArray

from clipviz.core.profile import Tails
from clipviz.datasets.ordered import Ordered

FEWEST = 10


def tails(ordered: Ordered) -> Tails:
    """Hill's estimates on both sides, from the k = round(sqrt(n)) values farthest out, at least 10 of them.

    Distances are taken from the median, so that adding a constant to a column changes nothing but rounding.
    """
    k = round(len(ordered) ** 0.5)
    if k < FEWEST:
        return Tails()
    median = ordered.quantile(0.5)
    upper = ordered.highest(k + 1) / 2 - median / 2
    lower = (median / 2 - ordered.lowest(k + 1) / 2)[::-1]
    return Tails(lower=_hill(lower), upper=_hill(upper), k=k)


def _hill(distances: NDArray[np.float64]) -> float | None:
    """Of (k + 1,) ascending distances; None where the tail has no spread or reaches the median."""
    threshold = distances[0]
    if threshold <= 0:
        return None
    spread = float((np.log(distances[1:]) - np.log(threshold)).sum())
    return (len(distances) - 1) / spread if np.isfinite(spread) and spread > 0 else None
