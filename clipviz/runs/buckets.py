"""Minimum and maximum per bucket: a long series in bounded memory, with every spike at its own step."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LIMIT = 1024
"""Buckets kept per stream: two points each is more than a screen is wide."""
BLOCK = 65_536

Points = tuple[list[int], list[float]]


class Buckets:
    """One stream of telemetry, `stride` consecutive rows a bucket.

    Each bucket keeps, for each of S series, the smallest and the largest finite value and the steps where
    they stood. When `limit` buckets are full, neighbours merge and the stride doubles. Bucketing counts
    rows, not steps, so that a stream that speaks every 50 steps is not thinned before it is long.
    """

    def __init__(self, names: Sequence[str], limit: int = LIMIT) -> None:
        self.names = tuple(names)
        self.limit = limit
        self.stride = 1
        self.rows = 0
        width = len(self.names)
        self.first: NDArray[np.int64] = np.zeros(limit, np.int64)
        self.low: NDArray[np.float32] = np.full((limit, width), np.inf, np.float32)
        self.high: NDArray[np.float32] = np.full((limit, width), -np.inf, np.float32)
        self.low_at: NDArray[np.int64] = np.zeros((limit, width), np.int64)
        self.high_at: NDArray[np.int64] = np.zeros((limit, width), np.int64)

    @property
    def count(self) -> int:
        """Buckets in use; the last may be partly filled."""
        return -(-self.rows // self.stride)

    def append(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Take in rows: steps (T,) ascending, values (T, S); values that are not finite are left out."""
        while -(-(self.rows + len(steps)) // self.stride) > self.limit:
            self._halve()
        for start in range(0, len(steps), BLOCK):
            self._append(steps[start : start + BLOCK], values[start : start + BLOCK])

    def _append(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        bucket = (self.rows + np.arange(len(steps))) // self.stride  # (T,)
        starts = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))  # (G,) first row of each group
        group = bucket - bucket[0]
        finite = np.isfinite(values)
        low, low_at = _extreme(np.where(finite, values, np.inf), steps, starts, group, np.minimum)
        high, high_at = _extreme(np.where(finite, values, -np.inf), steps, starts, group, np.maximum)
        place = slice(int(bucket[0]), int(bucket[-1]) + 1)
        if self.rows % self.stride:  # the first group continues the bucket that is partly filled
            _merge(self.low[bucket[0]], self.low_at[bucket[0]], low[0], low_at[0], np.less_equal)
            _merge(self.high[bucket[0]], self.high_at[bucket[0]], high[0], high_at[0], np.greater_equal)
            self.first[place.start + 1 : place.stop] = steps[starts[1:]]
        else:
            self.first[place] = steps[starts]
        self.low[place], self.low_at[place] = low, low_at
        self.high[place], self.high_at[place] = high, high_at
        self.rows += len(steps)

    def _halve(self) -> None:
        kept = -(-self.count // 2)
        even, odd = slice(0, 2 * kept, 2), slice(1, 2 * kept, 2)
        lower, higher = self.low[odd] < self.low[even], self.high[odd] > self.high[even]
        self.low_at[:kept] = np.where(lower, self.low_at[odd], self.low_at[even])
        self.high_at[:kept] = np.where(higher, self.high_at[odd], self.high_at[even])
        self.low[:kept] = np.minimum(self.low[odd], self.low[even])
        self.high[:kept] = np.maximum(self.high[odd], self.high[even])
        self.first[:kept] = self.first[even]
        self.low[kept:], self.high[kept:] = np.inf, -np.inf
        self.stride *= 2

    def points(self, start: int = 0) -> dict[str, Points]:
        """The points to draw from bucket `start` on, by series: (steps, values), ascending steps.

        A bucket gives its two extremes in the order in which they occurred, or one point where they
        coincide, or none where nothing finite was measured. Values carry six significant digits.
        """
        part = slice(start, self.count)
        drawn = {}
        for index, name in enumerate(self.names):
            low, high = self.low[part, index], self.high[part, index]
            low_at, high_at = self.low_at[part, index], self.high_at[part, index]
            early = low_at <= high_at
            x = np.stack([np.minimum(low_at, high_at), np.maximum(low_at, high_at)], axis=1)  # (B, 2)
            y = np.stack([np.where(early, low, high), np.where(early, high, low)], axis=1)
            keep = np.stack([np.isfinite(low), np.isfinite(low) & (low_at != high_at)], axis=1)
            if keep.any():
                drawn[name] = (x[keep].tolist(), significant(y[keep]).tolist())
        return drawn


def significant(values: NDArray[np.float32], digits: int = 6) -> NDArray[np.float64]:
    """Finite values rounded to so many significant digits, so that they print short."""
    wide = values.astype(np.float64)
    size = np.abs(wide)
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0 ** np.minimum(digits - 1 - exponent, 300)
    rounded: NDArray[np.float64] = np.round(wide * scale) / scale
    return rounded


def _extreme(
    filled: NDArray[np.float32],
    steps: NDArray[np.int64],
    starts: NDArray[np.int64],
    group: NDArray[np.int64],
    of: np.ufunc,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The extreme (G, S) of each group of rows, and the first step at which it stands."""
    value = of.reduceat(filled, starts, axis=0)
    far = np.iinfo(np.int64).max
    at = np.minimum.reduceat(np.where(filled == value[group], steps[:, None], far), starts, axis=0)
    return value, at


def _merge(
    old: NDArray[np.float32],
    old_at: NDArray[np.int64],
    new: NDArray[np.float32],
    new_at: NDArray[np.int64],
    holds: np.ufunc,
) -> None:
    """Put the former extreme of a bucket (S,) into the new one where it still holds."""
    stays = holds(old, new)
    new[stays] = old[stays]
    new_at[stays] = old_at[stays]
