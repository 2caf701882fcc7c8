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
    away = np.ldexp(values, -exponent)
    first = away[0]
    away -= first
    shift = away.mean()
    away -= shift
    square = away * away
    variance = float(square.mean())
    mean = float(np.ldexp(first + shift, exponent))
    if variance == 0:
        return Moments(mean, 0.0, np.nan, np.nan)
    third = float(np.multiply(square, away, out=away).mean())  # in place: no third array beside a long column
    fourth = float(np.multiply(square, square, out=square).mean())
    return Moments(
        mean,
        float(np.ldexp(np.sqrt(variance), exponent)),
        third / variance**1.5,
        fourth / variance**2 - 3.0,
    )
