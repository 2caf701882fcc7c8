"""Between which values of a sample a quantile of its population lies, whatever the distribution."""

import math

import numpy as np
from numpy.typing import NDArray

TAIL = 0.025
"""Chance of either end to be on the wrong side: together the interval holds the quantile in 95 of 100 samples."""
REACH = 14.0
"""Standard deviations of the count beyond which its chances are nothing to float64."""


def ranks(rows: int, share: float) -> tuple[int | None, int | None]:
    """(l, u), from 1 to rows: the l-th and the u-th smallest of `rows` values hold the quantile at `share` between them
    in at least 95 % of samples; None where no value of the sample will do.

    How many values lie at or below the quantile is binomial, whatever the distribution; each end is wrong in at most
    2.5 % of samples. David and Nagaraja, Order Statistics, 2003, section 7.1.
    """
    if share <= 0:
        return None, 1
    if share >= 1:
        return rows, None
    first, below = _distribution(rows, share)  # below[i]: chance of at most first + i
    fewest = int(np.searchsorted(below, TAIL, "right"))  # F(l - 1) <= TAIL for as many counts as this
    most = int(np.searchsorted(below, 1 - TAIL, "left"))  # F(u - 1) >= 1 - TAIL from this one on
    lower, upper = first + fewest, first + most + 1
    return lower or None, upper if upper <= rows else None


def rows_needed(share: float) -> int | None:
    """From how many values on both ends exist; None for the least and the greatest value of a population."""
    if not 0 < share < 1:
        return None
    return math.ceil(math.log(TAIL) / math.log(max(share, 1 - share)))


def _distribution(rows: int, share: float) -> tuple[int, np.ndarray]:
    """(first count, chances of at most each count from there on) of a binomial, 0 < share < 1."""
    reach = REACH * math.sqrt(rows * share * (1 - share)) + REACH
    first, last = max(0, int(rows * share - reach)), min(rows, math.ceil(rows * share + reach))
    counts = np.arange(first, last)
    steps = np.log(rows - counts) - np.log(counts + 1) + math.log(share) - math.log1p(-share)
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    below: np.ndarray = np.cumsum(chances) / chances.sum()
    return first, below


def quantile_of_sorted(ordered: NDArray[np.float64], share: float) -> float:
    """What numpy.quantile gives of ascending values (N,), to the bit, from the two of them that it lies between."""
    place = (len(ordered) - 1) * share
    low = int(place)
    return float(np.quantile(ordered[low : low + 2], place - low))
