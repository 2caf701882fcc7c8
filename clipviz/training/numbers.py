"""To standardised numbers, over the whole range of float64."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.moments import moments as plain_moments


def moments(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation (ddof 0) of finite values (N,), N >= 1; deviation 1 where there is no
    spread.
    """
    found = plain_moments(values)
    return found.mean, found.std or 1.0


def standardised(values: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    """(values - mean) / scale of float64: halved in between, for the difference of two huge values would
    overflow; never divided first, for that would round a small spread at a large offset away.
    """
    return (values / 2 - mean / 2) / scale * 2
