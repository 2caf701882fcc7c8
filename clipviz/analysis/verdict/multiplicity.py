"""Many comparisons at once: p values corrected for the family that they belong to."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted so that the chance of any false claim in the family stays below the level. NaN is left out and kept.

    Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    return _stepwise(p, lambda ranked: np.maximum.accumulate(ranked * np.arange(len(ranked), 0, -1)))


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Adjusted so that the expected share of false claims among the claims stays below the level: for exploring.

    Benjamini and Hochberg, Controlling the false discovery rate, 1995.
    """
    return _stepwise(
        p,
        lambda ranked: np.minimum.accumulate((ranked * len(ranked) / np.arange(1, len(ranked) + 1))[::-1])[
            ::-1
        ],
    )


def _stepwise(p: Sequence[float], adjust: Callable[[Floats], Floats]) -> list[float]:
    given = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    adjusted = np.full(len(given), np.nan)
    adjusted[order] = np.minimum(adjust(given[order]), 1.0)
    return [float(value) for value in adjusted]
