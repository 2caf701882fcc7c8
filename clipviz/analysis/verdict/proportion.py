"""A share of few runs, with the interval that few runs deserve."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """count of total, and Wilson's interval of the share."""

    count: int
    total: int
    low: float
    high: float


def wilson(count: int, total: int, confidence: float = 0.95) -> Share:
    """Wilson's score interval; none of 10 still leaves 0 to 28 %, which a plain share hides. (0, 1) for none.

    Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    from statistics import NormalDist

    if total == 0:
        return Share(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == total else centre + half
    return Share(count, total, low, high)
