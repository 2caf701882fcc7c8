"""A verdict in plain words; "no evidence of a difference" is one of its answers."""

from collections.abc import Mapping, Sequence

from clipviz.analysis.verdict import losses, parts
from clipviz.analysis.verdict.arm import Arm
from clipviz.analysis.verdict.cautions import clips_in_words, listed
from clipviz.analysis.verdict.comparison import Comparison, adds_nothing, apart, never_fired
from clipviz.analysis.verdict.numerals import number, p_value, pairs, signed
from clipviz.analysis.verdict.power import FEWEST_EXACT, HEADLINE, RECOMMENDED
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.sign_flip import smallest
from clipviz.core.metric import Metric


def undefined(metric: Metric, runs: int) -> str:
    """Said in place of an answer where the metric has no value on the test rows."""
    return (
        f"There is no test {metric.title} of these {runs} runs: on their test rows it has no value, whatever is "
        "predicted, as where the target does not vary. Choose another metric."
    )


def context(
    comparisons: Sequence[Comparison],
    headline: int,
    arms: dict[str, Arm],
    family: int,
    screening: Screening | None = None,
) -> list[str]:
    """How that arm was chosen, and what became of the others. family: how many comparisons Holm's correction counts."""
    rest = [each for place, each in enumerate(comparisons) if place != headline]
    several = len({each.arm for each in comparisons}) > 1
    chosen = _chosen(arms[comparisons[headline].arm], family)
    beside = parts.sentences(comparisons, arms, _evidence)
    others = _others([each for each in rest if not parts.of_parts(each, arms)])
    if screening is not None:
        return [_screened(comparisons, headline, screening, family), *beside, *others]
    return [*([chosen] if several else []), *beside, *others]


def _chosen(arm: Arm, family: int) -> str:
    correction = f"Holm's correction counts {_all(family)}."
    if arm.finite() and arm.validation() is None:
        return f"No arm has a number on the validation rows, so the first of several was taken. {correction}"
    return (
        "It was chosen among several arms on the validation rows, and judged on the test rows. " + correction
    )


def _all(family: int) -> str:
    return "the only comparison" if family == 1 else f"all {family} comparisons"


def advice(found: Comparison, metric: Metric, level: float, family: int) -> list[str]:
    """What more seeds could show, or why these are enough."""
    n = len(found.seeds)
    if found.relation == "identical":
        return []
    if found.relation == "both diverged":
        return [
            "Lower the learning rate, warm it up, or look for numbers in the data that nothing holds back."
        ]
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
    elif found.relation in ("disputed", "no evidence"):
        if found.smallest is not None:
            said.append(
                f"These seeds would show a difference of {number(found.smallest)} or more four times in five; a "
                f"smaller one may be there unseen."
            )
        if found.more_seeds:
            seeds = "seed" if found.more_seeds == 1 else "seeds"
            said.append(
                f"If the difference is as large as it looks, {found.more_seeds:,} more {seeds} would show it four "
                f"times in five."
            )
        if found.margin is None and found.mean is not None:
            said.append("To claim that there is no difference, set the largest one that does not matter.")
    return said


def _screened(comparisons: Sequence[Comparison], headline: int, screening: Screening, counted: int) -> str:
    """How a sweep chose as it went, and what that does to the numbers."""
    arms = {each.arm for each in comparisons}
    gone = sum(arm in screening.left for arm in arms)
    said = f"{_arms(len(arms))} screened on the validation rows; {gone} left early, after fewer seeds"
    family = f"Holm's correction counts {_all(counted)}."
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


def sentence(
    found: Comparison, arms: dict[str, Arm], metric: Metric, family: int = 1, level: float = 0.05
) -> str:
    """The answer about the chosen arm. family: how many comparisons there are; level: what p is held against."""
    arm, other, title = found.arm, found.reference, f"test {metric.title}"
    if found.relation == "identical":
        if never_fired(arms[arm]):
            return f"{arm} never fired: it is identical to {other}."
        if other == arms[arm].reference and adds_nothing(arms[arm]):
            return f"{arm}: its {clips_in_words(arms[arm].added)} never fired, so it is identical to {other}."
        return f"{arm} gave the very numbers of {other} at every seed: the two are identical."
    if found.relation == "too few":
        return f"Too few runs have ended to compare {arm} with {other}: {pairs(len(found.seeds))}."
    among = "" if family == 1 else f" among {family} comparisons"
    if losses.one_sided(found, arms):
        return losses.sentence(found, arms, metric, _tested(found), among)
    if found.relation in ("better", "worse"):
        close = found.p_equivalent_holm
        small = close is not None and close <= level and not found.ranked
        within = f" It is real, yet within the ±{number(found.margin)} that do not matter." if small else ""
        return f"{_claim(found, title, metric.worse, arms)}{within}{_ranks(found, arms)}"
    if found.relation == "equivalent":
        return (
            f"{arm} and {other} are equivalent in {title}: the difference is within "
            f"±{number(found.margin)} ({_interval(found)}, two one-sided tests, "
            f"{_holm(found.p_equivalent_holm)})."
        )
    if found.relation == "disputed":
        return (
            f"Not shown: by its signs over the seeds, {arm} differs from {other} in {title}, yet the interval of the "
            f"mean difference contains 0: {signed(found.mean)} ({_evidence(found)}). A few seeds differ far more than "
            "the others: look at each."
        )
    if found.mean is None:
        return (
            f"No evidence of a difference between {arm} and {other} ({_tested(found)}).{_ranks(found, arms)}"
        )
    if few(found, family, level):
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


def _claim(found: Comparison, title: str, worse: float, arms: Mapping[str, Arm]) -> str:
    """worse: the metric's sign: +1 where more is worse, else -1."""
    if found.ranked:
        seen = "" if found.mean is None else f"{signed(found.mean)}, "
        other = "worse" if found.relation == "better" else "better"
        turned = apart(found) and (found.mean or 0.0) * worse * (1 if other == "worse" else -1) > 0
        return (
            f"{found.arm} is {found.relation} than {found.reference} in {title}, runs that diverged ranked last "
            f"({seen}{_evidence(found)}).{f' Where neither diverged it is {other}.' if turned else ''}"
        )
    mean = found.mean or 0.0
    verb = "lowers" if mean < 0 else "raises"
    low, high = sorted(abs(bound or 0.0) for bound in (found.low, found.high))
    several = len({arm.reference for arm in arms.values() if arm.reference}) > 1
    against = f" against {found.reference}" if several else ""
    verdict = against if found.relation == "better" else f", which is worse than {found.reference}"
    return (
        f"{found.arm} {verb} {title} by {number(abs(mean))}{verdict} "
        f"({found.confidence:.0%} CI {number(low)} to {number(high)}, {_tested(found)})."
    )


def _ranks(found: Comparison, arms: dict[str, Arm]) -> str:
    if not found.ranked:
        return ""
    return (
        f" Diverged: {losses.counted(found, arms)}; they count as the worst ranks in p, not in the interval."
    )


def _others(rest: Sequence[Comparison]) -> list[str]:
    said = []
    for relation, phrase in (
        ("better", "Better than {0} too: {1}."),
        ("worse", "Worse than {0}: {1}."),
        ("identical", "Identical to {0}, having changed nothing: {1}."),
        ("equivalent", "Equivalent to {0}: {1}."),
        (
            "disputed",
            "The exact test tells them from {0}, the interval does not, so that nothing is shown: {1}.",
        ),
        ("no evidence", "No evidence of a difference from {0}: {1}."),
        ("both diverged", "Diverged at every seed, as {0} did: {1}."),
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
        return (
            "no interval, for at most one pair has a number on both sides" if found.ranked else "no interval"
        )
    of = f" of the {pairs(found.finite)} in which neither diverged" if found.ranked else ""
    return f"{found.confidence:.0%} CI {signed(found.low)} to {signed(found.high)}{of}"


def _tested(found: Comparison) -> str:
    return f"{pairs(len(found.seeds))}, {_holm(found.p_holm)}"


def _holm(p: float | None) -> str:
    told = p_value(p)
    return f"Holm p {told if told.startswith('<') else f'= {told}'}"


def few(found: Comparison, family: int, level: float) -> bool:
    """Whether the interval leaves 0 out while there are too few seeds for the exact test, corrected for so many
    comparisons, to reach the level."""
    return apart(found) and family * smallest(len(found.seeds)) > level
