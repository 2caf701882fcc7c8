"""How far the bounds of a clamp may be off: those of another sample of the same population would be elsewhere."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.policies.inputs.base import FittedClamp, InputClamp
from clipviz.policies.order_statistics import ranks, rows_needed

Floats = NDArray[np.float64]
Interval = tuple[float, float]
RESAMPLES = 200
MOST = 2_000
SHARE = 0.95


@dataclass(frozen=True)
class Uncertainty:
    """Intervals of 95 % around the bounds of one column; None where a side is open in the fit itself.

    An infinite end is open: no value of these rows bounds it, or the policy leaves that side open in some resamples.
    opened: in how many of `resamples` it was left open, on either side. rows: finite training values; drawn: values in
    one resample. No resamples: the intervals are those of order statistics, and `needed` says from how many rows on
    both ends of the lower and of the upper one exist, None where no number is enough.
    """

    lo: Interval | None
    hi: Interval | None
    rows: int
    drawn: int = 0
    resamples: int = 0
    opened: int = 0
    needed: tuple[int | None, int | None] = (None, None)

    @property
    def exact(self) -> bool:
        """Whether the intervals hold for any distribution, and nothing was drawn."""
        return self.resamples == 0

    @property
    def fixed(self) -> bool:
        """Whether no bound moved at all: the same in every resample."""
        return not self.exact and all(each is None or each[0] == each[1] for each in (self.lo, self.hi))


def uncertainty(ordered: Floats, choice: Choice, bounds: Bounds) -> Uncertainty | None:
    """Intervals of a policy's bounds; None where both sides are open.

    ordered: (N,) finite training values, ascending; bounds: what the policy fits on all of them. Bounds that are
    quantiles get the interval between two order statistics, which holds for any distribution; of all others the
    percentiles of a bootstrap are taken.
    """
    if not len(ordered) or (np.isinf(bounds.lo) and np.isinf(bounds.hi)):
        return None
    policy: InputClamp = build("clipviz.policies.inputs", choice)
    shares = policy.shares if isinstance(policy, FittedClamp) else None
    if shares is None:
        return _bootstrap(ordered, policy, bounds)
    lo, hi = (
        _between(ordered, share, bound) for share, bound in zip(shares, (bounds.lo, bounds.hi), strict=True)
    )
    return Uncertainty(lo, hi, len(ordered), needed=(rows_needed(shares[0]), rows_needed(shares[1])))


def blended(own: Uncertainty | None, whole: Uncertainty | None, weight: float) -> Uncertainty | None:
    """Intervals of bounds that are `weight` a group's own and else those of all rows: ends are added up, which is no
    narrower than the two together are."""
    if own is None or whole is None:
        return own or whole
    return replace(own, lo=_mixed(own.lo, whole.lo, weight), hi=_mixed(own.hi, whole.hi, weight))


def _mixed(own: Interval | None, whole: Interval | None, weight: float) -> Interval | None:
    if own is None or whole is None or weight == 1:
        return own or whole
    return weight * own[0] + (1 - weight) * whole[0], weight * own[1] + (1 - weight) * whole[1]


def _between(ordered: Floats, share: float, bound: float) -> Interval | None:
    """The order statistics around a quantile of the population; beyond the least and the greatest one all is open."""
    if np.isinf(bound):
        return None
    low, high = ranks(len(ordered), share)
    lower = float(ordered[low - 1]) if low else -np.inf
    upper = float(ordered[high - 1]) if high else np.inf
    if share in (0, 1):  # a margin may lie beyond it
        return (-np.inf, bound) if share == 0 else (bound, np.inf)
    return min(lower, bound), max(upper, bound)


def _bootstrap(ordered: Floats, policy: InputClamp, bounds: Bounds) -> Uncertainty:
    """The percentile bootstrap of a policy's bounds.

    Up to 2,000 values each of 200 resamples draws N of them with replacement; of more, 2,000 are drawn, and their
    deviations shrunk by sqrt(2,000 / N), as fits a bound whose error falls with the root of the rows. The draws are
    always the same ones. Efron (1979), Annals of Statistics 7(1); m out of n: Bickel, Götze and van Zwet (1997),
    Statistica Sinica 7.
    """
    drawn = min(len(ordered), MOST)
    places = np.random.default_rng(0).integers(0, len(ordered), (RESAMPLES, drawn))
    found = [policy.fit(sample) for sample in ordered[places]]
    shrink = float(np.sqrt(drawn / len(ordered)))
    opened = sum(
        (np.isinf(each.lo) and not np.isinf(bounds.lo)) or (np.isinf(each.hi) and not np.isinf(bounds.hi))
        for each in found
    )
    return Uncertainty(
        lo=_percentiles(np.array([each.lo for each in found]), bounds.lo, shrink),
        hi=_percentiles(np.array([each.hi for each in found]), bounds.hi, shrink),
        rows=len(ordered),
        drawn=drawn,
        resamples=RESAMPLES,
        opened=int(opened),
    )


def _percentiles(found: Floats, bound: float, shrink: float) -> Interval | None:
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
