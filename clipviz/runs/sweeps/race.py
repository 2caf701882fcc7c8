"""Which arms of a race are behind its leader beyond doubt."""

import math
from collections.abc import Sequence
from functools import cache

from clipviz.runs.sweeps.scores import Scores, diverged

DOUBT = 0.05
"""One-sided: an arm leaves where the lower bound of the leader's paired advantage is above zero."""


def outrun(order: Sequence[str], seeds: Sequence[int], known: Scores) -> tuple[list[str], list[str]]:
    """(those that stay, the leader first; those that leave) of arms that are complete at these seeds, the best first.

    An arm leaves where it diverged more often than the leader, or where a paired t bound says that it is worse.
    Maron and Moore, Hoeffding Races, 1994; with Student's bound, which three seeds can use.
    """
    leader, *others = order
    stay, leave = [leader], list[str]()
    for arm in others:
        more = diverged(arm, seeds, known) > diverged(leader, seeds, known)
        (leave if more or _bound(leader, arm, seeds, known) > 0 else stay).append(arm)
    return stay, leave


def _bound(leader: str, arm: str, seeds: Sequence[int], known: Scores) -> float:
    """The lower end of the leader's mean advantage, where neither diverged; minus infinity below two such seeds."""
    pairs = [(known[leader][seed], known[arm][seed]) for seed in seeds]
    ahead = [a - b for a, b in pairs if a is not None and b is not None]
    n = len(ahead)
    if n < 2:
        return -math.inf
    middle = math.fsum(ahead) / n
    deviation = math.sqrt(math.fsum((each - middle) ** 2 for each in ahead) / (n - 1))
    return middle - _quantile(n - 1) * deviation / math.sqrt(n)


@cache
def _quantile(freedom: int) -> float:
    from scipy import stats

    return float(stats.t.ppf(1 - DOUBT, freedom))
