"""Mean, spread and shape of sorted values, in two passes over blocks that fit a processor's cache."""

import math
from dataclasses import dataclass

import numpy as np

from clipviz.datasets.ordered import Ordered


@dataclass(frozen=True)
class Moments:
    """std divides by n; skewness and kurtosis (0 for a Gaussian) are None for a constant column."""

    mean: float
    std: float
    skewness: float | None = None
    kurtosis: float | None = None


def moments(ordered: Ordered) -> Moments:
    """Moments of at least one finite value, over the whole range of float64, large offsets included.

    As `core.moments` does it, the middle value is taken off first and all is scaled by a power of two. The sums of
    the blocks are added without rounding error, and blocks are cut by rank: parts of a column give the same bits as
    the whole.
    """
    if ordered.least == ordered.most:
        return Moments(ordered.least, 0.0)
    exponent = int(np.frexp(max(abs(ordered.least), abs(ordered.most)))[1])
    count = len(ordered)
    middle = float(np.ldexp(ordered.at(count // 2), -exponent))
    shift = (
        math.fsum(float((np.ldexp(block, -exponent) - middle).sum()) for block in ordered.blocks()) / count
    )
    sums: list[tuple[float, float, float]] = []
    for block in ordered.blocks():
        away = np.ldexp(block, -exponent) - middle - shift
        square = away * away
        sums.append((float(square.sum()), float((square * away).sum()), float((square * square).sum())))
    second, third, fourth = (math.fsum(column) / count for column in zip(*sums, strict=True))
    mean = float(np.ldexp(middle + shift, exponent))
    std = float(np.ldexp(np.sqrt(second), exponent))
    skewness = third / second**1.5 if second**1.5 > 0 else None
    kurtosis = fourth / second**2 - 3.0 if second**2 > 0 else None
    return Moments(mean, std, skewness, kurtosis)


def distinct(ordered: Ordered) -> int:
    """How many different values there are."""
    found, before = 0, None
    for block in ordered.blocks():
        found += int(np.count_nonzero(block[1:] != block[:-1])) + int(before is None or block[0] != before)
        before = float(block[-1])
    return found
