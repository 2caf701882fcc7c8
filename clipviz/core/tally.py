"""Percentiles of positive numbers that arrive in blocks, however many, in bounded memory."""

import numpy as np
from numpy.typing import NDArray

GROWTH = 1.02
_LOG = float(np.log(GROWTH))
_HALF = 4500
"""Buckets on either side of 1: they reach from 1e-38 to 1e38."""


class Tally:
    """Counts of values in buckets of 2 % width. A percentile is the mean of the values in its bucket, so it is off by
    less than 2 %, and exact where all of them are the same. `largest` is exact; 0 has a bucket of its own.
    """

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(2 * _HALF + 1, np.int64)
        self._sums: NDArray[np.float64] = np.zeros(2 * _HALF + 1)
        self.largest = 0.0

    @property
    def count(self) -> int:
        return int(self._counts.sum())

    def add(self, values: NDArray[np.floating]) -> None:
        """Take in values (T,) of at least 0; those that are not finite are left out."""
        kept = values[np.isfinite(values)].astype(np.float64)
        if not len(kept):
            return
        with np.errstate(divide="ignore"):
            place = np.floor(np.log(kept) / _LOG)
        bucket = np.where(kept > 0, np.clip(place, 1 - _HALF, _HALF), -_HALF).astype(np.int64) + _HALF
        self._counts += np.bincount(bucket, minlength=len(self._counts))
        self._sums += np.bincount(bucket, weights=kept, minlength=len(self._sums))
        self.largest = max(self.largest, float(kept.max()))

    def percentile(self, share: float) -> float | None:
        """The value below which this share (0 to 1) of the values lies; None of no values."""
        count = self.count
        if not count:
            return None
        bucket = int(np.searchsorted(np.cumsum(self._counts), max(1.0, share * count)))
        return float(self._sums[bucket] / self._counts[bucket])
