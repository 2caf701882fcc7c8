"""The rows farthest from the median, of a column too long to sort by distance."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def farthest(ordered: Floats, blocks: Iterable[Floats], count: int) -> NDArray[np.int64]:
    """Positions of the `count` values farthest from the median, the farthest first, missing ones last.

    ordered: (N,) finite values, ascending; blocks: all values in the order of the rows. The two ends of the sorted
    values say how far is far enough; then every value is looked at once. See `clamping.extreme_rows`.
    """
    size = len(ordered)
    centre = float(np.mean(ordered[[(size - 1) // 2, size // 2]])) if size else 0.0
    ends = np.unique(np.concatenate([np.arange(min(count, size)), np.arange(max(0, size - count), size)]))
    far = np.sort(np.abs(ordered[ends] - centre))[-count:]
    least = float(far[0]) if len(far) == count else -1.0
    found, distances, start = [np.empty(0, dtype=np.int64)], [np.empty(0)], 0
    for values in blocks:
        distance = np.where(np.isnan(values), -1.0, np.abs(values - centre))
        near = np.flatnonzero(distance >= least)
        found.append(start + near)
        distances.append(distance[near])
        start += len(values)
    order = np.argsort(-np.concatenate(distances), kind="stable")[:count]
    return np.concatenate(found)[order]
