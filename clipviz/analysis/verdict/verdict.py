"""The verdict: what a set of arms says about clipping, as one record that is data, table and sentence."""

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from pydantic import Field

from clipviz.analysis.verdict import cautions, parts, words
from clipviz.analysis.verdict.arm import Arm, Record, check
from clipviz.analysis.verdict.centre import interquartile_mean
from clipviz.analysis.verdict.comparison import (
    Comparison,
    adds_nothing,
    compare,
    family_size,
    judge_family,
    never_fired,
)
from clipviz.analysis.verdict.course import Again, Course
from clipviz.analysis.verdict.floor import hardly_better
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
    undefined: int = Field(
        0, description="Runs whose metric has no value on the test rows; not among the others."
    )
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
    family: int = Field(description="How many comparisons Holm's correction counts.")
    comparisons: list[Comparison]
    arms: list[ArmSummary]
    screening: Screening | None = Field(None, description="Of a sweep in which arms left early.")
    learned: bool = Field(
        True, description="Whether any arm is clearly better than the best constant, if known."
    )
    exploratory: bool = Field(False, description="In another metric than the one that was named beforehand.")
    again: Again | None = Field(
        None, description="Of a sweep that was extended once it could be seen: by the added seeds alone."
    )


def judge(
    arms: Sequence[Arm],
    metric: Metric,
    *,
    margin: float | None = None,
    level: float = 0.05,
    screening: Screening | None = None,
    course: Course | None = None,
) -> Verdict:
    """The verdict on arms of which at least one is a reference.

    Each arm is compared with its own reference over the seeds that both have. The one that the sentence is
    about is chosen on validation rows and judged on test rows. Where several references were tuned too, it
    meets the best of them as well; one with clips of several families meets the best of those that have one of
    them alone: such comparisons belong to the family. margin: the largest difference that does not matter, for
    "equivalent". screening: which arms left early, and the seeds that judge the others. course: how the sweep came to
    its runs. Raises ClipvizError for arms that cannot be compared.
    """
    check(arms)
    whole = {arm.name: screening.judged(arm) if screening else arm for arm in arms}
    nowhere = sum(each.undefined for arm in arms for each in arm.outcomes.values())
    all_seeds = {arm.name: arm.over(()) if nowhere else arm for arm in arms}
    known = {name: all_seeds[name].over(arm.outcomes) for name, arm in whole.items()}
    left = screening.left if screening else frozenset()
    pairs, headline = _pairs(known, metric, screening)
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
    found, family = comparisons[headline], family_size(comparisons, left)
    again = _again(pairs, headline, known, metric, margin, level, left, course)
    said = (
        words.undefined(metric, nowhere) if nowhere else words.sentence(found, known, metric, family, level)
    )
    staying = [arm for arm in known.values() if arm.name not in left]
    history = course.cautions(metric, again, len(found.seeds)) if course else []
    hardly = "" if nowhere else hardly_better(staying, metric)
    return Verdict(
        sentence=said,
        context=[] if nowhere else words.context(comparisons, headline, known, family, screening),
        advice=[] if nowhere else words.advice(found, metric, level, family),
        warnings=[*([hardly] if hardly else []), *history, *cautions.warnings(staying, comparisons)],
        learned=not hardly,
        metric=metric,
        level=level,
        chosen=found.arm,
        headline=headline,
        family=family,
        comparisons=comparisons,
        arms=[_summary(whole[arm.name], screening.looked_at(arm) if screening else arm) for arm in arms],
        screening=screening,
        exploratory=course is not None and course.explores(metric),
        again=again,
    )


def _pairs(
    known: Mapping[str, Arm], metric: Metric, screening: Screening | None
) -> tuple[list[tuple[str, str]], int]:
    """(arm and what it is compared with, of the whole family; which of them the sentence is about)."""
    arms = list(known.values())
    left = screening.left if screening else frozenset()
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
    return [*pairs, *parts.pairs(compared, lambda among: _best(among, metric))], headline


def _again(
    pairs: Sequence[tuple[str, str]],
    headline: int,
    known: Mapping[str, Arm],
    metric: Metric,
    margin: float | None,
    level: float,
    left: Collection[str],
    course: Course | None,
) -> Again | None:
    """The same family over the seeds that were added last; None where none were."""
    if course is None or not course.extensions:
        return None
    fresh = {name: course.fresh(arm) for name, arm in known.items()}
    share = course.level(level)
    found = [compare(fresh[name], fresh[reference], metric, margin) for name, reference in pairs]
    family = judge_family(found, fresh, metric, share, left)
    said = words.sentence(family[headline], fresh, metric, family_size(found, left), share)
    return Again(seeds=family[headline].seeds, level=share, comparison=family[headline], sentence=said)


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
        metrics={
            seed: each.metric if each.finite else None
            for seed, each in sorted(arm.outcomes.items())
            if each.finite or each.diverged
        },
        mean=float(values.mean()) if len(values) else None,
        median=float(np.median(values)) if len(values) else None,
        sd=float(values.std(ddof=1)) if len(values) > 1 else None,
        interquartile_mean=interquartile_mean(values) if len(values) else None,
        validation=looked_at.validation(),
        diverged=wilson(sum(each.diverged for each in ended), len(ended)),
        fired={family: arm.share_fired(family) for family in arm.clips},
        never_fired=never_fired(arm),
        seconds=sum(timed) / len(timed) if timed else None,
        undefined=sum(each.undefined for each in arm.outcomes.values()),
    )
