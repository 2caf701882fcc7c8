"""Runs that diverged have no metric, and are kept all the same: they rank last."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ranks(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Joint ranks, 1 the smallest, ties at their mean, of two sides (n,) each where worse is larger.

    NaN and infinity are tied at the largest rank. Exchangeable within a pair when the arms are alike, so that
    a sign-flip test of their differences keeps its level. Lachin, Worst-rank score analysis with informatively
    missing observations, 1999.
    """
    from scipy import stats

    both = np.concatenate([a, b]).astype(float)
    both[~np.isfinite(both)] = np.inf
    ranked = stats.rankdata(both, method="average").astype(np.float64)
    return ranked[: len(a)], ranked[len(a) :]
