"""Which of several clips does it: an arm with clips of several families beside the best of those with one alone."""

from collections.abc import Callable, Mapping, Sequence

from clipviz.analysis.verdict.arm import Arm
from clipviz.analysis.verdict.comparison import Comparison

PHRASES = {
    "better": "{arm} is better still than {part}: its clips help beside each other",
    "worse": "{arm} is worse than {part}: its other clips cost something",
    "equivalent": "{arm} and {part} are equivalent: the other clips add nothing that matters",
    "identical": "{arm} gave the very numbers of {part}: the other clips changed nothing",
    "disputed": "The exact test tells {arm} from {part}, the interval does not: that is not shown",
    "no evidence": "No evidence that {arm} differs from {part}: whether its other clips add anything is not shown",
}


def pairs(arms: Sequence[Arm], best: Callable[[list[Arm]], Arm]) -> list[tuple[str, str]]:
    """Each arm of several families, and the best of its parts."""
    known = {arm.name: arm for arm in arms}
    found = []
    for arm in arms:
        parts = [known[name] for name in arm.parts if name in known]
        if parts:
            found.append((arm.name, best(parts).name))
    return found


def sentences(
    comparisons: Sequence[Comparison], arms: Mapping[str, Arm], evidence: Callable[[Comparison], str]
) -> list[str]:
    """What each of those comparisons says, in words; nothing where too few runs have ended."""
    return [
        f"{PHRASES[found.relation].format(arm=found.arm, part=found.reference)} ({evidence(found)})."
        for found in comparisons
        if of_parts(found, arms) and found.relation in PHRASES
    ]


def of_parts(found: Comparison, arms: Mapping[str, Arm]) -> bool:
    return found.reference in arms[found.arm].parts
