"""Which input clamp is worth trying on a column, told by its profile; each rule gives its reason in numbers."""

from itertools import pairwise

from clipviz.core.profile import ColumnProfile, Pattern, Suggestion
from clipviz.core.recipe import Choice

FEW_VALUES = 20
MANY_ZEROS = 0.5
HEAVY = 4.0
"""Hill exponents surely below this count as heavy: the fourth moment does not exist."""
FAR_OUT = 10.0
"""Interquartile ranges from the nearest quartile to the extreme."""
VALLEY = 0.5


def suggest(known: ColumnProfile) -> Suggestion | None:
    """The suggestion for a numeric column, or None for one without finite values or of another kind."""
    present = (
        sum(known.histogram.counts) + known.histogram.below + known.histogram.above if known.histogram else 0
    )
    if not present or known.kind == "boolean":
        return None
    if known.codes:
        said = " and ".join(f"{count:,} times {value:g}" for value, count in known.codes)
        return _leave(
            "a code for missing?",
            f"{said} far from all other values: a bound would fall into the gap; read it as missing first",
        )
    if known.distinct <= 2:
        return _leave("discrete", f"only {known.distinct} different value{'s' if known.distinct > 1 else ''}")
    if known.zeros > MANY_ZEROS * present:
        share = 100 * known.zeros / present
        return _clamp(
            "zero-inflated",
            Choice.of("quantile", lower=0.0, upper=0.999),
            f"{share:.0f} % of the values are zero, so that quartiles and median distances vanish: cut a high quantile",
        )
    if known.distinct <= FEW_VALUES:
        return _leave("discrete", f"{known.distinct} different values: a bound would merge some of them")
    if _bimodal(known):
        return _leave("bimodal", "two separate groups: a spread taken over both says little about either")
    return _by_tails(known)


def _by_tails(known: ColumnProfile) -> Suggestion:
    tails = known.tails
    upper = tails is not None and _surely_heavy(tails.upper, tails.k)
    lower = tails is not None and _surely_heavy(tails.lower, tails.k)
    if upper or lower:
        assert tails is not None
        said = " and ".join(
            f"{side} tail index {index:.1f}"
            for side, index, heavy in (("lower", tails.lower, lower), ("upper", tails.upper, upper))
            if heavy
        )
        reason = f"{said}, surely below {HEAVY:g}, from the {tails.k:,} values farthest out"
        reason = f"{reason}: extremes rule mean and spread"
        if upper and lower:
            return _clamp("heavy tails", Choice.of("quantile", lower=0.01, upper=0.99), reason)
        if upper:
            return _clamp("heavy right tail", Choice.of("quantile", lower=0.0, upper=0.99), reason)
        return _clamp("heavy left tail", Choice.of("quantile", lower=0.01, upper=1.0), reason)
    low, high = known.quantiles["0.25"], known.quantiles["0.75"]
    reach = high / 2 - low / 2
    assert known.minimum is not None and known.maximum is not None
    far = max(known.maximum / 2 - high / 2, low / 2 - known.minimum / 2)
    if reach > 0 and far > FAR_OUT * reach:
        reason = f"the farthest value lies {far / reach:,.0f} interquartile ranges beyond the quartiles"
        return _clamp("a few outliers", Choice.of("tukey", k=3.0), reason)
    return _leave("fine as it is", "no tail is heavy and no value lies far out")


def _surely_heavy(index: float | None, k: int) -> bool:
    """Whether the exponent lies two of its standard errors, index / sqrt(k), below `HEAVY`: with few rows even normal
    values reach 4."""
    return index is not None and index * (1 + 2 / k**0.5) < HEAVY


def _bimodal(known: ColumnProfile) -> bool:
    """Two humps with a valley below half of the lower one, each with a tenth of the values, tails being light."""
    if known.histogram is None or known.kurtosis is None or known.skewness is None or known.kurtosis > 0:
        return False
    if (known.skewness**2 + 1) / (known.kurtosis + 3) <= 5 / 9:  # Sarle's coefficient; 5/9 is the uniform's
        return False
    counts = _smooth(known.histogram.counts)
    if len(counts) < 5:
        return False
    valleys = [
        place
        for place in range(1, len(counts) - 1)
        if counts[place] < VALLEY * min(max(counts[:place]), max(counts[place + 1 :]))
    ]
    total = sum(counts)
    return any(0.1 * total <= sum(counts[:place]) <= 0.9 * total for place in valleys)


def _smooth(counts: tuple[int, ...]) -> list[float]:
    """Means of neighbours, twice: one odd bin is no valley."""
    once = [(a + b) / 2 for a, b in pairwise(counts)]
    return [(a + b) / 2 for a, b in pairwise(once)]


def _leave(pattern: Pattern, reason: str) -> Suggestion:
    return Suggestion(pattern=pattern, policy=Choice(id="none"), reason=reason)


def _clamp(pattern: Pattern, policy: Choice, reason: str) -> Suggestion:
    return Suggestion(pattern=pattern, policy=policy, reason=reason)
