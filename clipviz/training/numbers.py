"""Moments that survive the whole range of float64."""

import numpy as np
from numpy.typing import NDArray


def moments(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation (ddof 0) of finite values (N,), N >= 1; deviation 1 where there is no
    spread.

    Scaled by a power of two, thus exactly, so that squares of huge values cannot overflow.
    """
    exponent = int(np.frexp(np.abs(values).max())[1])
    scaled = np.ldexp(values, -exponent)
    deviation = float(np.ldexp(scaled.std(), exponent)) if scaled.min() < scaled.max() else 1.0
    return float(np.ldexp(scaled.mean(), exponent)), deviation or 1.0
