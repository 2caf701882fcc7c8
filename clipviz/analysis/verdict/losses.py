"""Runs that diverged, in words: counts with the intervals that few runs deserve."""

from collections.abc import Mapping

from clipviz.analysis.verdict.arm import Arm
from clipviz.analysis.verdict.comparison import Comparison
from clipviz.analysis.verdict.numerals import number
from clipviz.analysis.verdict.proportion import wilson
from clipviz.core.metric import Metric


def lost(arm: Arm, found: Comparison) -> int:
    """How many runs of an arm diverged, of the seeds of a comparison."""
    return sum(arm.outcomes[seed].diverged for seed in found.seeds)


def counted(found: Comparison, arms: Mapping[str, Arm]) -> str:
    """ "0 of 10 runs of norm 1 (95% CI 0% to 28%) and 8 of 10 runs of none (95% CI 49% to 94%)"."""
    total = len(found.seeds)
    return " and ".join(
        f"{lost(arms[name], found)} of {total} runs of {name} ({interval(lost(arms[name], found), total)})"
        for name in (found.arm, found.reference)
    )


def interval(count: int, total: int) -> str:
    share = wilson(count, total)
    return f"95% CI {share.low:.0%} to {share.high:.0%}"


def one_sided(found: Comparison, arms: Mapping[str, Arm]) -> bool:
    """Whether one side diverged at every seed, so that nothing can be said but how often."""
    total = len(found.seeds)
    return total > 0 and total in (lost(arms[found.arm], found), lost(arms[found.reference], found))


def sentence(found: Comparison, arms: Mapping[str, Arm], metric: Metric, tested: str, among: str) -> str:
    """What follows from such a comparison. tested: pairs and p; among: " among 3 comparisons", or nothing."""
    arm, reference, total = arms[found.arm], arms[found.reference], len(found.seeds)
    if found.relation == "both diverged":
        return (
            f"All {total} runs of {arm.name} diverged, and all {total} of {reference.name} "
            f"({interval(total, total)} of each): there is nothing to compare."
        )
    counts = f"{counted(found, arms)} diverged"
    if found.relation == "worse":
        return f"{arm.name} does not train: {counts} ({tested})."
    if found.relation == "better":
        values = list(arm.finite().values())
        reach = f" It reaches a mean test {metric.title} of {number(sum(values) / len(values))}."
        lead = f"{arm.name} trains where {reference.name} does not"
        if arm.clips and not reference.clips:
            lead = f"Only with a clip does this train: {arm.name} beside {reference.name}"
        return f"{lead}: {counts} ({tested}).{reach}"
    return f"{counts[:1].upper()}{counts[1:]}, but {tested} cannot show a difference{among}: add seeds."
