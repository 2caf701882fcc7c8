"""Successive halving, as a function of what has ended: any process can carry it on."""

import math
from collections.abc import Sequence

from clipviz.core.screening import Halving, Round
from clipviz.runs.sweeps.scores import Scores, ranked


def first(rule: Halving, arms: Sequence[str], seeds: Sequence[int]) -> Round:
    """All arms over the seeds of the first rung."""
    return Round(stage="rung", arms=tuple(arms), seeds=tuple(seeds[: rule.rungs[0]]))


def following(rule: Halving, seeds: Sequence[int], rounds: Sequence[Round], known: Scores) -> Round | None:
    """What comes once a rung has ended: the better arms over the seeds of the next one; None at the end.

    seeds: all that the sweep has, so that seeds which were added later go to the arms that are left. Arms that did
    not end at every seed of the rung, because they crashed, leave with the worse ones.
    """
    last = rounds[-1]
    done = len(last.seeds)
    order = ranked(last.arms, last.seeds, known)
    if done >= len(seeds) or last.stage == "stopped" or not order:
        return None
    cut = done in rule.rungs
    kept = order[: max(1, math.ceil(len(last.arms) * rule.keep - 1e-9))] if cut else order
    further = next((rung for rung in rule.rungs if rung > done), len(seeds))
    return Round(
        stage="rung",
        arms=tuple(kept),
        seeds=tuple(seeds[:further]),
        left=tuple(arm for arm in last.arms if arm not in kept),
        why=f"after {done} seeds the better {len(kept)} of {len(last.arms)} go on" if cut else "",
    )
