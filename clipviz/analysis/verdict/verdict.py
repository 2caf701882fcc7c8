"""The verdict: what a set of arms says about clipping, as one record that is data, table and sentence."""

import math
from collections.abc import Sequence

import numpy as np
from pydantic import Field

from clipviz.analysis.verdict import cautions, parts, words
from clipviz.analysis.verdict.arm import Arm, Record, check
from clipviz.analysis.verdict.centre import interquartile_mean
from clipviz.analysis.verdict.comparison import (
    Comparison,
    adds_nothing,
    compare,
    judge_family,
    never_fired,
)
from clipviz.analysis.verdict.proportion import Share, wilson
from clipviz.analysis.verdict.screening import Screening
from clipviz.core.metric import Metric


class ArmSummary(Record):
    """One arm by itself, over its finite runs; None where there is none."""

    name: str
    reference: str
    clips: tuple[str, ...]
    runs: int
    metrics: dict[int, float | None] = Field(description="By seed, on raw test rows; None: diverged.")
    mean: float | None
    median: float | None
    sd: float | None
    interquartile_mean: float | None
    validation: float | None = Field(description="Mean on the validation rows, by which arms are chosen.")
    diverged: Share
    fired: dict[str, float | None] = Field(description="By family: mean share over seeds; None: not known.")
    never_fired: bool
    seconds: float | None = Field(description="Mean training time of the runs whose time is known.")


class Verdict(Record):
    """What the runs say. sentence: the answer in plain words; user text in it is raw. context: how the arm that it
    is about was chosen, and what became of the others."""

    sentence: str
    context: list[str]
    advice: list[str]
    warnings: list[str]
    metric: Metric
    level: float
    chosen: str = Field(description="The arm that is best on the validation rows, of those that ever fired.")
    headline: int = Field(description="Which comparison the sentence is about.")
    comparisons: list[Comparison]
    arms: list[ArmSummary]
    screening: Screening | None = Field(None, description="Of a sweep in which arms left early.")


def judge(
    arms: Sequence[Arm],
    metric: Metric,
    *,
    margin: float | None = None,
    level: float = 0.05,
    screening: Screening | None = None,
) -> Verdict:
    """The verdict on arms of which at least one is a reference.

    Each arm is compared with its own reference over the seeds that both have. The one that the sentence is
    about is chosen on validation rows and judged on test rows. Where several references were tuned too, it
    meets the best of them as well; one with clips of several families meets the best of those that have one of
    them alone: such comparisons belong to the family. margin: the largest difference that does not matter, for
    "equivalent". screening: which arms left early, and the seeds that judge the others. Raises ClipvizError for arms
    that cannot be compared.
    """
    check(arms)
    left = screening.left if screening else frozenset()
    all_seeds = {arm.name: arm for arm in arms}
    known = {name: screening.judged(arm) if screening else arm for name, arm in all_seeds.items()}
    arms = list(known.values())
    pairs = [(arm.name, arm.reference) for arm in arms if arm.reference]
    compared = [arm for arm in arms if arm.reference]
    staying = [arm for arm in compared if arm.name not in left] or compared
    chosen = _best([arm for arm in staying if not (never_fired(arm) or adds_nothing(arm))] or staying, metric)
    if screening and screening.leader in known:
        chosen = known[screening.leader]
    against = _best([known[name] for name in dict.fromkeys(reference for _, reference in pairs)], metric)
    if (chosen.name, against.name) not in pairs:
        pairs.append((chosen.name, against.name))
    headline = pairs.index((chosen.name, against.name))
    pairs += parts.pairs(compared, lambda among: _best(among, metric))
    comparisons = judge_family(
        [
            compare(known[name], (all_seeds if name in left else known)[reference], metric, margin)
            for name, reference in pairs
        ],
        known,
        metric,
        level,
        left,
    )
    return Verdict(
        sentence=words.sentence(comparisons[headline], known, metric, len(comparisons)),
        context=words.context(comparisons, headline, known, screening),
        advice=words.advice(comparisons[headline], metric, level, len(comparisons)),
        warnings=cautions.warnings([arm for arm in arms if arm.name not in left], comparisons),
        metric=metric,
        level=level,
        chosen=chosen.name,
        headline=headline,
        comparisons=comparisons,
        arms=[_summary(arm, screening.looked_at(all_seeds[arm.name]) if screening else arm) for arm in arms],
        screening=screening,
    )


def _best(arms: Sequence[Arm], metric: Metric) -> Arm:
    """The arm that diverged least, and of those the best on validation rows; the first where none has ended."""

    def rank(arm: Arm) -> tuple[float, float]:
        value = arm.validation()
        return arm.share_diverged(), math.inf if value is None else value * metric.worse

    return min(arms, key=rank)


def _summary(arm: Arm, looked_at: Arm) -> ArmSummary:
    values = np.array(list(arm.finite().values()))
    ended = [each for each in arm.outcomes.values() if each.diverged or each.finite]
    timed = [each.seconds for each in ended if each.seconds]
    return ArmSummary(
        name=arm.name,
        reference=arm.reference,
        clips=arm.clips,
        runs=len(ended),
        metrics={seed: each.metric if each.finite else None for seed, each in sorted(arm.outcomes.items())},
        mean=float(values.mean()) if len(values) else None,
        median=float(np.median(values)) if len(values) else None,
        sd=float(values.std(ddof=1)) if len(values) > 1 else None,
        interquartile_mean=interquartile_mean(values) if len(values) else None,
        validation=looked_at.validation(),
        diverged=wilson(sum(each.diverged for each in ended), len(ended)),
        fired={family: arm.share_fired(family) for family in arm.clips},
        never_fired=never_fired(arm),
        seconds=sum(timed) / len(timed) if timed else None,
    )
