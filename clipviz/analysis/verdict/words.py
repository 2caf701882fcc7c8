"""A verdict in plain words; "no evidence of a difference" is one of its answers."""

from collections.abc import Sequence

from clipviz.analysis.verdict import parts
from clipviz.analysis.verdict.arm import Arm
from clipviz.analysis.verdict.cautions import clips_in_words, listed
from clipviz.analysis.verdict.comparison import Comparison, adds_nothing, never_fired
from clipviz.analysis.verdict.numerals import number, p_value, pairs, signed
from clipviz.analysis.verdict.power import FEWEST_EXACT, HEADLINE, RECOMMENDED
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.sign_flip import smallest
from clipviz.core.metric import Metric

LEVEL = 0.05
"""Of the test for a difference that does not matter."""


def sentence(found: Comparison, arms: dict[str, Arm], metric: Metric, family: int = 1) -> str:
    """The answer about the chosen arm. family: how many comparisons there are."""
    return _about(found, arms, metric, family)


def context(
    comparisons: Sequence[Comparison],
    headline: int,
    arms: dict[str, Arm],
    screening: Screening | None = None,
) -> list[str]:
    """How that arm was chosen, and what became of the others."""
    rest = [each for place, each in enumerate(comparisons) if place != headline]
    several = len({each.arm for each in comparisons}) > 1
    chosen = "It was chosen among several arms on the validation rows, and judged on the test rows."
    beside = parts.sentences(comparisons, arms, _evidence)
    others = _others([each for each in rest if not parts.of_parts(each, arms)])
    if screening is not None:
        return [_screened(comparisons, headline, screening), *beside, *others]
    return [*([chosen] if several else []), *beside, *others]


def advice(found: Comparison, metric: Metric, level: float, family: int) -> list[str]:
    """What more seeds could show, or why these are enough."""
    n = len(found.seeds)
    said = []
    if 0 < n < FEWEST_EXACT:
        said.append(
            f"With {pairs(n)} the exact test cannot go below p = {smallest(n):.3g}, so nothing can be shown at "
            f"{level:g}: take at least {FEWEST_EXACT} seeds, better {RECOMMENDED}."
        )
    elif family > 1 and smallest(n) * family > level:
        said.append(
            f"With {pairs(n)} and {family} comparisons, Holm's correction leaves no p below {level:g}: take "
            f"more seeds or fewer arms."
        )
    if found.relation in ("better", "worse"):
        if n < HEADLINE:
            said.append(f"For a headline claim, repeat it with {HEADLINE} seeds that were fixed beforehand.")
    elif found.relation == "no evidence":
        if found.smallest is not None:
            said.append(
                f"These seeds would show a difference of {number(found.smallest)} or more four times in five; a "
                f"smaller one may be there unseen."
            )
        if found.more_seeds:
            said.append(
                f"If the difference is as large as it looks, {found.more_seeds:,} more seeds would show it four "
                f"times in five."
            )
        if found.margin is None:
            said.append("To claim that there is no difference, set the largest one that does not matter.")
    return said


def _screened(comparisons: Sequence[Comparison], headline: int, screening: Screening) -> str:
    """How a sweep chose as it went, and what that does to the numbers."""
    arms = {each.arm for each in comparisons}
    gone = sum(arm in screening.left for arm in arms)
    said = f"{_arms(len(arms))} screened on the validation rows; {gone} left early, after fewer seeds"
    family = f"Holm's correction counts all {len(arms)}."
    if screening.fresh:
        return (
            f"{said}. {comparisons[headline].arm} led when {len(screening.fresh)} fresh seeds were trained, and is "
            f"judged by these alone, on the test rows: the luck of the screen is not in its numbers. {family}"
        )
    return (
        f"{said}. {comparisons[headline].arm} was chosen on the validation rows and judged on the test rows of the "
        f"same seeds: its difference may be flattered by the choice; fresh seeds would tell. {family}"
    )


def _arms(count: int) -> str:
    return f"{count} arm was" if count == 1 else f"{count} arms were"


def _about(found: Comparison, arms: dict[str, Arm], metric: Metric, family: int) -> str:
    arm, other, title = found.arm, found.reference, f"test {metric.title}"
    if found.relation == "identical":
        if never_fired(arms[arm]):
            return f"{arm} never fired: it is identical to {other}."
        if other == arms[arm].reference and adds_nothing(arms[arm]):
            return f"{arm}: its {clips_in_words(arms[arm].added)} never fired, so it is identical to {other}."
        return f"{arm} gave the very numbers of {other} at every seed: the two are identical."
    if found.relation == "too few":
        return f"Too few runs have ended to compare {arm} with {other}: {pairs(len(found.seeds))}."
    if found.relation in ("better", "worse"):
        small = found.p_equivalent is not None and found.p_equivalent <= LEVEL and not found.ranked
        within = f" It is real, yet within the ±{number(found.margin)} that do not matter." if small else ""
        return f"{_claim(found, metric, title)}{within}{_ranks(found, arms)}"
    if found.relation == "equivalent":
        return (
            f"{arm} and {other} are equivalent in {title}: the difference is within "
            f"±{number(found.margin)} ({_interval(found)}, two one-sided tests p = {p_value(found.p_equivalent)})."
        )
    if few(found, family):
        among = "" if family == 1 else f" among {family} comparisons"
        word = "better" if (found.mean or 0.0) * metric.worse < 0 else "worse"
        return (
            f"{arm} looks {word} than {other} in {title}, but {pairs(len(found.seeds))} cannot show it{among}: add "
            f"seeds ({signed(found.mean)}, {_evidence(found)}).{_ranks(found, arms)}"
        )
    return (
        f"No evidence of a difference in {title} between {arm} and {other}: "
        f"{signed(found.mean)} ({_evidence(found)}).{_many(found, family)}{_ranks(found, arms)}"
    )


def _many(found: Comparison, family: int) -> str:
    """Why an interval that leaves 0 out is no evidence: it is of one comparison, the verdict of all of them."""
    if family == 1 or found.ranked or not apart(found):
        return ""
    return (
        f" The interval leaves 0 out, for it is of this comparison by itself (p = {p_value(found.p)}); among {family} "
        "comparisons one like it turns up too easily by luck."
    )


def _claim(found: Comparison, metric: Metric, title: str) -> str:
    if found.mean is None or not _agrees(found, metric):
        word = "better" if found.relation == "better" else "worse"
        return f"{found.arm} is {word} than {found.reference} in {title} ({_evidence(found)})."
    verb = "lowers" if found.mean < 0 else "raises"
    low, high = sorted(abs(bound or 0.0) for bound in (found.low, found.high))
    inside = (found.low or 0.0) <= 0 <= (found.high or 0.0)
    bounds = f"{signed(found.low)} to {signed(found.high)}" if inside else f"{number(low)} to {number(high)}"
    verdict = "" if found.relation == "better" else f", which is worse than {found.reference}"
    return (
        f"{found.arm} {verb} {title} by {number(abs(found.mean))}{verdict} "
        f"({found.confidence:.0%} CI {bounds}, {_tested(found)})."
    )


def _agrees(found: Comparison, metric: Metric) -> bool:
    """Whether the mean of the finite pairs points where the ranks of all pairs do."""
    return found.mean is not None and (found.mean * metric.worse < 0) == (found.relation == "better")


def _ranks(found: Comparison, arms: dict[str, Arm]) -> str:
    if not found.ranked:
        return ""
    counts = [
        f"{sum(arms[name].outcomes[seed].diverged for seed in found.seeds)} of {len(found.seeds)} runs of {name}"
        for name in (found.arm, found.reference)
    ]
    return f" Diverged: {' and '.join(counts)}; they count as the worst ranks in p, not in the interval."


def _others(rest: Sequence[Comparison]) -> list[str]:
    said = []
    for relation, phrase in (
        ("better", "Better than {0} too: {1}."),
        ("worse", "Worse than {0}: {1}."),
        ("identical", "Identical to {0}, having changed nothing: {1}."),
        ("equivalent", "Equivalent to {0}: {1}."),
        ("no evidence", "No evidence of a difference from {0}: {1}."),
        ("left early", "Left early, so that nothing is claimed of them against {0}: {1}."),
    ):
        by_reference: dict[str, list[str]] = {}
        for each in rest:
            if each.relation == relation:
                by_reference.setdefault(each.reference, []).append(each.arm)
        said += [phrase.format(reference, listed(names)) for reference, names in by_reference.items()]
    return said


def _evidence(found: Comparison) -> str:
    return f"{_interval(found)}, {_tested(found)}"


def _interval(found: Comparison) -> str:
    if found.low is None or found.high is None:
        return "no interval"
    return f"{found.confidence:.0%} CI {signed(found.low)} to {signed(found.high)}"


def _tested(found: Comparison) -> str:
    told = p_value(found.p_holm)
    return f"{pairs(len(found.seeds))}, Holm p {told if told.startswith('<') else f'= {told}'}"


def few(found: Comparison, family: int) -> bool:
    """Whether the interval leaves 0 out while there are too few seeds for the exact test, corrected for so many
    comparisons, to reach the level."""
    return apart(found) and family * 2.0 ** (1 - len(found.seeds)) > LEVEL


def apart(found: Comparison) -> bool:
    """Whether the interval leaves 0 out."""
    return found.low is not None and found.high is not None and not found.low <= 0 <= found.high
