"""How likely n seeds are to show an effect, and how many it takes."""

import math
from functools import lru_cache

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


def fewest_pairs(level: float = 0.05) -> int:
    """The fewest pairs at which the exact sign-flip test can reach a level at all: 2 / 2^n is not above it."""
    return max(1, math.ceil(1 - math.log2(level)))


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
