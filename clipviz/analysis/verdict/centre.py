"""The middle of an arm's runs, where one bad seed must not speak for all."""

import numpy as np
from numpy.typing import NDArray


def interquartile_mean(values: NDArray[np.float64]) -> float:
    """Mean of the middle half: a quarter of values (n,), rounded down, is left out on each side. NaN for none.

    Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021.
    """
    from scipy import stats

    return float(stats.trim_mean(values, 0.25)) if len(values) else float("nan")
