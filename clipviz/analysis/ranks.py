"""Comparing few rows with others without assuming a shape: ranks, and what chance alone would do to them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis.association import pearson, ranks

Floats = NDArray[np.float64]
SHUFFLES = 1_999
FEW = 60
"""Up to so many values chance is tried out; above, its limiting distribution is as good."""


@dataclass(frozen=True)
class Compared:
    """One group of targets beside another.

    size: of numbers, the share of pairs in which the first group has the greater value, ties counting half (0.5: no
    difference); of classes, Cramér's V (0: the same shares). p: the probability of a difference at least as large when
    the groups are dealt at random.
    """

    size: float
    p: float


def rank_sum(one: Floats, other: Floats) -> Compared:
    """Wilcoxon's rank sum test of two groups of numbers, two-sided, each with at least one value.

    Up to 60 values by 1,999 random deals, always the same ones; above by the normal distribution, corrected for ties
    and continuity. Wilcoxon (1945), Biometrics Bulletin 1(6); Mann and Whitney (1947).
    """
    count, total = len(one), len(one) + len(other)
    placed = ranks(np.concatenate([one, other]))
    centre = count * (total - 1) / 2
    away = float(placed[:count].sum()) - centre
    share = 0.5 + away / (count * (total - count))
    if total <= FEW:
        dealt = np.random.default_rng(0).permuted(np.tile(placed, (SHUFFLES, 1)), axis=1)[:, :count]
        return Compared(share, _by_chance(np.abs(dealt.sum(axis=1) - centre), abs(away)))
    _, ties = np.unique(placed, return_counts=True)
    shrunk = (ties.astype(np.float64) ** 3 - ties).sum() / (total * (total - 1))
    spread = math.sqrt(count * (total - count) / 12 * (total + 1 - shrunk))
    if spread == 0:
        return Compared(0.5, 1.0)
    return Compared(share, math.erfc(max(0.0, abs(away) - 0.5) / spread / math.sqrt(2)))


def rank_trend(values: Floats, target: Floats) -> tuple[float, float]:
    """(Spearman's rank correlation, its two-sided p) of (N,) pairs; (0, 1) where it is not defined.

    Up to 60 pairs by 1,999 random pairings, always the same ones; above by the normal distribution that
    the correlation of N random pairs tends to.
    """
    one, other = ranks(values), ranks(target)
    found = pearson(one, other)
    if found is None:
        return 0.0, 1.0
    count = len(one)
    if count <= FEW:
        dealt = np.random.default_rng(0).permuted(np.tile(other, (SHUFFLES, 1)), axis=1)
        away = np.abs((dealt - other.mean()) @ (one - one.mean()))
        return found, _by_chance(away, abs(float((other - other.mean()) @ (one - one.mean()))))
    return found, math.erfc(abs(found) * math.sqrt(count - 1) / math.sqrt(2))


def class_shares(one: NDArray[np.int64], other: NDArray[np.int64]) -> Compared:
    """Whether two groups of class codes have the same shares: chi-square, by 1,999 random deals of the same rows."""
    both, place = np.unique(np.concatenate([one, other]), return_inverse=True)
    if len(both) < 2:
        return Compared(0.0, 1.0)
    totals = np.bincount(place)
    first = np.bincount(place[: len(one)], minlength=len(both))
    share = len(one) / len(place)

    def chi(counts: NDArray[np.int64]) -> Floats:
        gap = (counts - totals * share) ** 2 / (totals * share * (1 - share))
        summed: Floats = gap.sum(axis=-1)
        return summed

    found = float(chi(first))
    dealt = np.random.default_rng(0).multivariate_hypergeometric(
        totals, len(one), size=SHUFFLES, method="marginals"
    )
    return Compared(math.sqrt(min(1.0, found / len(place))), _by_chance(chi(dealt), found))


def _by_chance(dealt: Floats, found: float) -> float:
    """Share of deals, the one that was found among them, that are at least as far away; rounding is no difference."""
    return (1 + int((dealt >= found * (1 - 1e-9) - 1e-12).sum())) / (1 + len(dealt))
