"""Moments of sorted values behind any bounds, in well under a millisecond for ten million of them."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.analysis.clamping import Moments
from clipviz.core.bounds import Bounds
from clipviz.datasets.input_columns import forget
from clipviz.datasets.moments import moments as blockwise
from clipviz.datasets.ordered import Ordered

Floats = NDArray[np.float64]
BLOCK = 4096
LOOK = 128
"""Blocks of a map of a file that stay in memory while all of them are summed."""
FEW = 1 << 20
"""Values whose moments are taken at once."""
LOST = 1e-9
"""Of the terms of the fourth moment, what their difference must exceed: seven of its digits are right then."""
MOST_MAGNITUDE = 1e70
"""Of a value in units of the column's own spread, so that its fourth power is a number."""


class SortedMoments:
    """Of finite values (N,), ascending: sums of powers are kept for every 4,096 of them, once they are asked for."""

    def __init__(self, ordered: Floats) -> None:
        self._ordered = ordered

    @cached_property
    def moments(self) -> Moments:
        """Of all values."""
        if len(self._ordered) <= FEW:
            return clamping.moments(self._ordered)
        found = blockwise(Ordered(self._ordered))
        forget(self._ordered)
        spread = len(self._ordered) / (len(self._ordered) - 1)
        shape = (np.nan if each is None else each for each in (found.skewness, found.kurtosis))
        return Moments(found.mean, found.std * float(np.sqrt(spread)), *shape)

    def quantile(self, share: float) -> float:
        place = share * (len(self._ordered) - 1)
        low = int(place)
        left, right = float(self._ordered[low]), float(self._ordered[min(low + 1, len(self._ordered) - 1)])
        return left + (right - left) * (place - low)

    def after(self, bounds: Bounds, below: int, end: int) -> Moments:
        """Of what remains behind bounds that go by rank; first rank that is not below them, and first above."""
        count = len(self._ordered)
        if below == 0 and end == count:
            return self.moments
        centre, unit = self._spread
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # a spread next to nothing: not below the limit either
            reach = float(np.abs(self._ordered[[0, -1]] / unit - centre / unit).max())
        if not reach < MOST_MAGNITUDE or end - below < 2:
            return self._slowly(bounds)
        sums = self._between(below, end)
        stays = bounds.action not in ("missing", "trim")
        count = count if stays else end - below
        for bound, mass in ((bounds.lo, below), (bounds.hi, len(self._ordered) - end)):
            if mass and stays:
                sums = sums + mass * self._sums(np.array([bound]))
        first, second, third, fourth = sums / count
        variance = second - first**2
        largest = fourth + 4 * abs(first * third) + 6 * first**2 * second + 3 * first**4
        if not variance > 1e-150 or not variance**2 > LOST * largest:  # digits lost to rounding: the long way
            return self._slowly(bounds)
        skew = third - 3 * first * second + 2 * first**3
        kurt = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
        return Moments(
            mean=centre + unit * float(first),
            std=unit * float(np.sqrt(variance * count / (count - 1))),
            skewness=float(skew / variance**1.5),
            kurtosis=float(kurt / variance**2 - 3),
        )

    @cached_property
    def _spread(self) -> tuple[float, float]:
        """(median, a typical distance from it): the unit in which powers are summed."""
        middle = self.quantile(0.5)
        reach = self.quantile(0.75) - self.quantile(0.25)
        return middle, reach or float(self._ordered[-1] - self._ordered[0]) or 1.0

    @cached_property
    def _powers(self) -> Floats:
        """(B, 4) sums of the first four powers, in units of the spread, over each whole block of sorted values."""
        whole = len(self._ordered) // BLOCK
        sums = np.empty((whole, 4))
        for block in range(whole):
            sums[block] = self._sums(self._ordered[block * BLOCK : (block + 1) * BLOCK])
            if block % LOOK == 0:
                forget(self._ordered)
        forget(self._ordered)
        return sums

    def _sums(self, values: Floats) -> Floats:
        centre, unit = self._spread
        one = (values - centre) / unit
        two = one * one
        return np.array([one.sum(), two.sum(), (two * one).sum(), (two * two).sum()])

    def _slowly(self, bounds: Bounds) -> Moments:
        after = bounds.clamp(self._ordered)
        return clamping.moments(after[~np.isnan(after)])

    def _between(self, first: int, end: int) -> Floats:
        """(4,) sums of powers over the sorted values of rank first..end."""
        low, high = -(-first // BLOCK), end // BLOCK
        if low >= high:
            return self._sums(self._ordered[first:end])
        edges = self._sums(self._ordered[first : low * BLOCK]) + self._sums(self._ordered[high * BLOCK : end])
        total: Floats = edges + self._powers[low:high].sum(axis=0)
        return total
