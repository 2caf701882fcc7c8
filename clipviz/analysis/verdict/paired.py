"""Paired differences in the metric's own unit: mean, t interval, effect size."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDING = 1e-14
"""A spread this small beside the values themselves is that of their last digits: no effect size is told from it."""


class Interval(NamedTuple):
    """Bounds of the mean of differences (..., n) over the last axis; infinite for n < 2."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Paired:
    """What n paired differences say; NaN where n or their spread does not allow a number.

    low, high: t interval of the mean at `confidence`. p: two-sided paired t test. d_z: mean over the standard
    deviation of the differences; hedges_g: d_z without its small-sample bias. rho: correlation of the two
    sides; where it is near 0, pairing by seed has bought nothing.
    """

    n: int
    mean: float
    sd: float
    low: float
    high: float
    confidence: float
    p: float
    d_z: float
    hedges_g: float
    rho: float


def paired(a: Floats, b: Floats, confidence: float = 0.95) -> Paired:
    """The differences a - b of finite values (n,) each, in the order of their seeds."""
    differences = np.asarray(a, float) - np.asarray(b, float)
    n = len(differences)
    mean = float(differences.mean()) if n else math.nan
    sd = float(differences.std(ddof=1)) if n > 1 else math.nan
    if n > 1 and sd <= ROUNDING * max(float(np.abs(a).max()), float(np.abs(b).max())):
        sd = 0.0
    low, high = interval(differences, confidence)
    d_z = mean / sd if sd > 0 else math.nan
    return Paired(
        n=n,
        mean=mean,
        sd=sd,
        low=float(low),
        high=float(high),
        confidence=confidence,
        p=_p_value(mean, sd, n),
        d_z=d_z,
        hedges_g=d_z * unbiased(n - 1) if n > 2 else math.nan,
        rho=_correlation(np.asarray(a, float), np.asarray(b, float)),
    )


def interval(differences: Floats, confidence: float = 0.95) -> Interval:
    """Student's t interval of the mean of differences (..., n). It holds its coverage from n = 2 on, where the
    percentile bootstrap of five differences covers 84 % instead of 95."""
    from scipy import stats

    n = differences.shape[-1]
    if n < 2:
        nothing = np.full(differences.shape[:-1], np.inf)
        return Interval(-nothing, nothing)
    mean = differences.mean(axis=-1)
    half = stats.t.ppf(0.5 + confidence / 2, n - 1) * differences.std(axis=-1, ddof=1) / math.sqrt(n)
    return Interval(mean - half, mean + half)


def unbiased(freedom: int) -> float:
    """Hedges' exact factor J(m) = Γ(m / 2) / (√(m / 2) Γ((m - 1) / 2)); .7979 for four degrees of freedom.

    Hedges, Distribution theory for Glass's estimator of effect size, 1981 (not its approximation
    1 - 3 / (4 m - 1), which is .8 there).
    """
    return math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def _p_value(mean: float, sd: float, n: int) -> float:
    from scipy import stats

    if n < 2:
        return math.nan
    if sd == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(mean) / (sd / math.sqrt(n)), n - 1))


def _correlation(a: Floats, b: Floats) -> float:
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])
