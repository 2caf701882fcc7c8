"""How likely n seeds are to show an effect, and how many it takes."""

import math
from functools import lru_cache
from statistics import NormalDist

from clipviz.analysis.verdict.sign_flip import MOST_EXACT

MOST_SEEDS = 1000
POWER = 0.8
FEWEST_EXACT = 6
"""Below six pairs the exact test cannot reach .05, whatever the effect: 2 / 2^5 = .0625."""
RECOMMENDED, HEADLINE = 10, 20


def power(effect: float, n: int, level: float = 0.05) -> float:
    """The chance that a two-sided paired t test of n pairs finds a true effect d_z; NaN for n < 2.

    From the noncentral t distribution: Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988.
    """
    from scipy import stats

    if n < 2 or not math.isfinite(effect):
        return math.nan
    freedom, shift = n - 1, abs(effect) * math.sqrt(n)
    limit = float(stats.t.ppf(1 - level / 2, freedom))
    found = float(stats.nct.sf(limit, freedom, shift))
    wrong_side = float(stats.nct.cdf(-limit, freedom, shift))
    # scipy says NaN where a tail vanishes
    return (1.0 if math.isnan(found) else found) + (0.0 if math.isnan(wrong_side) else wrong_side)


def seeds_needed(effect: float, wanted: float = POWER, level: float = 0.05) -> int | None:
    """The fewest pairs with at least the wanted power for a true effect d_z; None beyond 1,000 or for no effect."""
    if not math.isfinite(effect) or power(effect, MOST_SEEDS, level) < wanted:
        return None
    low, high = 1, MOST_SEEDS  # power grows with n: low is too few, high is enough
    while high - low > 1:
        middle = (low + high) // 2
        if power(effect, middle, level) >= wanted:
            high = middle
        else:
            low = middle
    return high


def attained(n: int, level: float = 0.05) -> float:
    """The largest p at or below a level that the sign patterns of n pairs allow; 0 where there is none."""
    return level if n > MOST_EXACT else math.floor(level * 2.0 ** (n - 1) + 1e-9) * 2.0 ** (1 - n)


def exact_power(effect: float, n: int, level: float = 0.05) -> float:
    """`power` of the sign-flip test: that of t at the level that its patterns allow, and no more than the chance that
    all pairs agree where nothing less will do. It is within some hundredths for few pairs, where t promises too much.
    """
    reached = attained(n, level)
    if n < 2 or not math.isfinite(effect):
        return math.nan
    if reached == 0:
        return 0.0
    agree = NormalDist().cdf(abs(effect))
    most = agree**n + (1 - agree) ** n if reached == 2.0 ** (1 - n) else 1.0
    return min(power(effect, n, reached), most)


def exact_seeds_needed(effect: float, wanted: float = POWER, level: float = 0.05) -> int | None:
    """`seeds_needed` by the sign-flip test."""
    n = seeds_needed(effect, wanted, level)
    while n is not None and exact_power(effect, n, level) < wanted:
        n = n + 1 if n < MOST_SEEDS else None
    return n


@lru_cache(maxsize=256)
def smallest_effect(n: int, wanted: float = POWER, level: float = 0.05) -> float:
    """The d_z that n pairs show with the wanted power: anything smaller may be there unseen. NaN for n < 2."""
    if n < 2:
        return math.nan
    low, high = 0.0, 100.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, n, level) >= wanted else (middle, high)
    return high
