"""How far the bounds of a clamp would move if the training rows had been drawn anew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice

Floats = NDArray[np.float64]
RESAMPLES = 200
MOST = 2_000
SHARE = 0.95


@dataclass(frozen=True)
class Uncertainty:
    """Intervals of 95 % around the bounds of one column; None where a side is open in the fit itself.

    An end is infinite when the policy leaves that side open in some resamples, and where a bound that moves is the
    single most extreme value: nothing that is drawn from these rows says what may lie beyond it. opened: in how
    many of `resamples` it was left open, on either side. rows: finite training values; drawn: values in one resample.
    Fewer drawn than there are rows: the spread of the smaller resamples is shrunk by the root of their ratio.
    """

    lo: tuple[float, float] | None
    hi: tuple[float, float] | None
    rows: int
    drawn: int
    resamples: int
    opened: int

    @property
    def fixed(self) -> bool:
        """Whether no bound moved at all: the same in every resample."""
        return all(each is None or each[0] == each[1] for each in (self.lo, self.hi))


def uncertainty(ordered: Floats, choice: Choice, bounds: Bounds) -> Uncertainty | None:
    """The percentile bootstrap of a policy's bounds; None where both sides are open.

    ordered: (N,) finite training values, ascending; bounds: what the policy fits on all of them. Up to 2,000 values
    each of 200 resamples draws N of them with replacement; of more, 2,000 are drawn, and their deviations shrunk by
    sqrt(2,000 / N), as fits a bound whose error falls with the root of the rows. The draws are always the same ones.
    Efron (1979), Annals of Statistics 7(1); m out of n: Bickel, Götze and van Zwet (1997), Statistica Sinica 7.
    """
    if not len(ordered) or (np.isinf(bounds.lo) and np.isinf(bounds.hi)):
        return None
    policy = build("clipviz.policies.inputs", choice)
    drawn = min(len(ordered), MOST)
    places = np.random.default_rng(0).integers(0, len(ordered), (RESAMPLES, drawn))
    found = [policy.fit(sample) for sample in ordered[places]]
    shrink = float(np.sqrt(drawn / len(ordered)))
    lo = _interval(np.array([each.lo for each in found]), bounds.lo, shrink)
    hi = _interval(np.array([each.hi for each in found]), bounds.hi, shrink)
    opened = sum(
        (np.isinf(each.lo) and not np.isinf(bounds.lo)) or (np.isinf(each.hi) and not np.isinf(bounds.hi))
        for each in found
    )
    if lo and lo[0] < lo[1] and _alone(ordered, bounds.lo):
        lo = -np.inf, lo[1]
    if hi and hi[0] < hi[1] and _alone(ordered, bounds.hi):
        hi = hi[0], np.inf
    return Uncertainty(lo, hi, len(ordered), drawn, RESAMPLES, int(opened))


def _alone(ordered: Floats, bound: float) -> bool:
    """Whether a bound is the least or the greatest of ascending values, and no other value equals it."""
    return bound in (ordered[0], ordered[-1]) and int((ordered == bound).sum()) == 1


def _interval(found: Floats, bound: float, shrink: float) -> tuple[float, float] | None:
    """Percentiles of the fits; of smaller samples, their deviations from the middle one, around the bound."""
    if np.isinf(bound):
        return None
    ranked = np.sort(found)
    tail = (1 - SHARE) / 2
    low, high = (float(ranked[round(share * (len(ranked) - 1))]) for share in (tail, 1 - tail))
    if shrink == 1:
        return min(low, bound), max(high, bound)
    middle = float(ranked[len(ranked) // 2])
    with np.errstate(invalid="ignore"):
        lower, upper = bound + shrink * (low - middle), bound + shrink * (high - middle)
    return min(lower, bound), max(upper, bound)
