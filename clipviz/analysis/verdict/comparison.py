"""One arm against its reference over the seeds that both have."""

import math
from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from clipviz.analysis.verdict.arm import Arm, Record
from clipviz.analysis.verdict.equivalence import equivalence
from clipviz.analysis.verdict.multiplicity import benjamini_hochberg, holm
from clipviz.analysis.verdict.paired import paired
from clipviz.analysis.verdict.power import attained, exact_power, exact_seeds_needed, smallest_effect
from clipviz.analysis.verdict.sign_flip import sign_flip
from clipviz.analysis.verdict.superiority import all_pairs_superiority, paired_superiority
from clipviz.analysis.verdict.worst_rank import ranks
from clipviz.core.metric import Metric

Relation = Literal[
    "better",
    "worse",
    "identical",
    "equivalent",
    "disputed",
    "no evidence",
    "both diverged",
    "too few",
    "left early",
]
"""better, worse: the corrected p is at or below the level, and the interval leaves 0 out wherever it is of all pairs;
disputed: only the p is."""

CLAIMS = (
    "p",
    "p_t",
    "p_holm",
    "p_bh",
    "p_equivalent",
    "p_equivalent_holm",
    "power",
    "more_seeds",
    "smallest",
)
"""What a comparison does not say of an arm that left early: its seeds were not fixed beforehand."""


class Comparison(Record):
    """An arm minus its reference, in the metric's own unit, over `seeds` that both have.

    differences: (n,) None where a run diverged; such pairs count in p, by worst ranks, and in wins, not in
    the mean and its interval. None where there is no number to give.
    """

    arm: str
    reference: str
    seeds: list[int]
    differences: list[float | None]
    alike: bool = Field(description="Every run gave the very numbers of its pair, in all metrics.")
    finite: int = Field(description="Pairs behind the mean, its interval and its effect sizes.")
    mean: float | None
    low: float | None
    high: float | None
    confidence: float
    sd: float | None
    d_z: float | None = Field(description="Mean over standard deviation of the differences.")
    hedges_g: float | None = Field(description="d_z without its small-sample bias, by the exact factor.")
    rho: float | None = Field(description="Correlation of the two arms over seeds.")
    p_t: float | None = Field(description="Paired t test.")
    p: float | None = Field(description="Sign-flip test; of joint ranks where a run diverged.")
    p_exact: bool = Field(description="All sign patterns were counted; else 100,000 random ones.")
    ranked: bool = Field(description="A run diverged, so that p is of ranks, the diverged ones last.")
    p_holm: float | None = None
    p_bh: float | None = None
    wins_paired: float | None = Field(description="Share of seeds in which the arm is better, ties half.")
    wins_all_pairs: float | None = Field(description="The same over all pairs of runs, whatever their seeds.")
    margin: float | None = Field(None, description="The largest difference that does not matter.")
    p_equivalent: float | None = Field(None, description="Two one-sided tests against that margin.")
    p_equivalent_holm: float | None = Field(None, description="The same, corrected over the family.")
    power: float | None = Field(None, description="Of these seeds, if the effect is as large as it looks.")
    more_seeds: int | None = Field(
        None, description="How many more give 80 % power, if the effect is as large as it looks."
    )
    smallest: float | None = Field(None, description="Smallest difference these seeds show with 80 % power.")
    relation: Relation = "no evidence"


def compare(arm: Arm, reference: Arm, metric: Metric, margin: float | None = None) -> Comparison:
    """Everything about one pair of arms but what depends on the family; see `judge_family`."""
    seeds = sorted(set(_ended(arm)) & set(_ended(reference)))
    a, b = _values(arm, seeds), _values(reference, seeds)
    both = np.isfinite(a) & np.isfinite(b)
    found = paired(a[both], b[both])
    ranked = not both.all()
    left, right = ranks(a * metric.worse, b * metric.worse) if ranked else (a, b)
    test = sign_flip(left - right)
    goodness_a, goodness_b = _goodness(a, metric), _goodness(b, metric)
    matters = margin is not None and margin > 0
    return Comparison(
        arm=arm.name,
        reference=reference.name,
        seeds=seeds,
        differences=[_known(value) for value in a - b],
        alike=not ranked and not (a - b).any() and _numbers(arm, seeds) == _numbers(reference, seeds),
        finite=found.n,
        mean=_known(found.mean),
        low=_known(found.low),
        high=_known(found.high),
        confidence=found.confidence,
        sd=_known(found.sd),
        d_z=_known(found.d_z),
        hedges_g=_known(found.hedges_g),
        rho=_known(found.rho),
        p_t=_known(found.p),
        p=test.p if seeds else None,
        p_exact=test.exact,
        ranked=ranked,
        wins_paired=_known(paired_superiority(goodness_a, goodness_b)),
        wins_all_pairs=_known(all_pairs_superiority(goodness_a, goodness_b)),
        margin=margin,
        p_equivalent=_known(equivalence((a - b)[both], margin).p) if matters and margin else None,
    )


def family_size(comparisons: Sequence[Comparison], left: Collection[str] = ()) -> int:
    """How many comparisons the correction counts: those that have a p, and those of arms that left early."""
    return sum(each.p is not None or each.arm in left or each.reference in left for each in comparisons)


def judge_family(
    comparisons: Sequence[Comparison],
    arms: dict[str, Arm],
    metric: Metric,
    level: float,
    left: Collection[str] = (),
) -> list[Comparison]:
    """Corrects the p values over the whole family, and says of each comparison what follows.

    left: arms that left a screen early; what is compared with or among them counts in the family with p = 1, and
    claims nothing.
    """
    gone = [each.arm in left or each.reference in left for each in comparisons]
    given = [
        1.0 if out else math.nan if each.p is None else each.p
        for each, out in zip(comparisons, gone, strict=True)
    ]
    close = [
        1.0 if out else math.nan if each.p_equivalent is None else each.p_equivalent
        for each, out in zip(comparisons, gone, strict=True)
    ]
    share = level / max(1, family_size(comparisons, left))
    judged = []
    corrections = zip(comparisons, gone, holm(given), benjamini_hochberg(given), holm(close), strict=True)
    for each, out, strict, loose, within in corrections:
        effect = math.nan if each.hedges_g is None else each.hedges_g
        needed = exact_seeds_needed(effect, level=share)
        reached = attained(len(each.seeds), share)
        smallest = smallest_effect(each.finite, level=reached) if reached else math.nan
        corrected = each.model_copy(
            update={
                "p_holm": _known(strict),
                "p_bh": _known(loose),
                "p_equivalent_holm": _known(within),
                "power": _known(exact_power(effect, each.finite, share)),
                "more_seeds": None if needed is None else max(0, needed - each.finite),
                "smallest": _known(smallest * each.sd) if each.sd else None,
            }
        )
        if out:
            corrected = corrected.model_copy(update=dict.fromkeys(CLAIMS))
        relation = _relation(corrected, arms[each.arm], arms[each.reference], metric, level, out)
        judged.append(corrected.model_copy(update={"relation": relation}))
    return judged


def never_fired(arm: Arm) -> bool:
    """Whether each of an arm's clips is known to have changed nothing."""
    return bool(arm.clips) and len(arm.silent()) == len(arm.clips)


def adds_nothing(arm: Arm) -> bool:
    """Whether an arm is its reference, but for clips that are known to have changed nothing: what differs in the last
    digits then is rounding."""
    return bool(arm.added) and set(arm.added) <= set(arm.silent())


def apart(found: Comparison) -> bool:
    """Whether the interval leaves 0 out."""
    return found.low is not None and found.high is not None and not found.low <= 0 <= found.high


def _relation(
    found: Comparison, arm: Arm, reference: Arm, metric: Metric, level: float, left: bool
) -> Relation:
    same = len(found.seeds) > 1 and found.alike
    same = same or (found.reference == arm.reference and adds_nothing(arm))
    if found.seeds and same:
        return "identical"
    if left:
        return "left early"
    if found.seeds and all(each.outcomes[seed].diverged for each in (arm, reference) for seed in found.seeds):
        return "both diverged"
    if len(found.seeds) < 2:
        return "too few"
    shown = found.p_holm is not None and found.p_holm <= level
    if shown and (found.ranked or apart(found)):
        worse = _mean_rank_difference(found, arm, reference, metric)
        return "worse" if worse > 0 else "better"
    if found.p_equivalent_holm is not None and found.p_equivalent_holm <= level and not found.ranked:
        return "equivalent"
    return "disputed" if shown else "no evidence"


def _mean_rank_difference(found: Comparison, arm: Arm, reference: Arm, metric: Metric) -> float:
    """Above 0 where the arm is worse."""
    a, b = _values(arm, found.seeds) * metric.worse, _values(reference, found.seeds) * metric.worse
    left, right = ranks(a, b) if found.ranked else (a, b)
    return float(np.mean(left - right))


def _ended(arm: Arm) -> list[int]:
    return [seed for seed, each in arm.outcomes.items() if each.diverged or each.finite]


def _numbers(arm: Arm, seeds: Sequence[int]) -> list[tuple[float | None, ...]]:
    return [arm.outcomes[seed].numbers for seed in seeds]


def _values(arm: Arm, seeds: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """(n,) metrics, NaN for runs that diverged."""
    known = arm.finite()
    return np.array([known.get(seed, np.nan) for seed in seeds], dtype=np.float64)


def _goodness(
    values: "np.ndarray[tuple[int], np.dtype[np.float64]]", metric: Metric
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.where(np.isfinite(values), -metric.worse * values, -np.inf)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
