"""Mean, deviation and shape of numbers over the whole range of float64, large offsets included."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Moments(NamedTuple):
    """std divides by n; skewness and excess kurtosis (0 for a Gaussian) are NaN where there is no spread."""

    mean: float
    std: float
    skewness: float
    kurtosis: float


def moments(values: NDArray[np.float64]) -> Moments:
    """Moments of finite values (N,), N >= 1.

    One of the values is taken off first, so that a small spread is not lost at a large offset (ids, times in
    seconds), then what is left of the mean. All is scaled by a power of two, thus exactly, so that no power
    of a huge value overflows.
    """
    exponent = int(np.frexp(np.abs(values).max())[1])
    scaled = np.ldexp(values, -exponent)
    away = scaled - scaled[0]
    shift = away.mean()
    away -= shift
    square = away * away
    variance = float(square.mean())
    mean = float(np.ldexp(scaled[0] + shift, exponent))
    if variance == 0:
        return Moments(mean, 0.0, np.nan, np.nan)
    return Moments(
        mean,
        float(np.ldexp(np.sqrt(variance), exponent)),
        float((square * away).mean() / variance**1.5),
        float((square * square).mean() / variance**2 - 3.0),
    )
