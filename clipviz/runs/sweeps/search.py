"""Which policy for this data? How a budget of time is spent on the catalogue, as a function of what has ended.

1. pilot: one arm of each family over three seeds, beside the arm without clips; from here on every cost is measured.
2. screen: as many of the other arms as fit, over the same seeds, the families in turn.
3. race: arms that are worse than the leader beyond doubt leave, the others get more seeds, while there is time; where
   there is time for some only, the better half goes on.
4. combine: the best of each family together, where two families have something to offer and there is time.
5. confirm: the leader, and up to two arms that could not be told from it, over fresh seeds. Of these alone speaks the
   verdict, on test rows, its p corrected for all arms that were ever trained: so the luck by which an arm came to lead
   is not reported.
All before the confirmation looks at validation rows only. Any process that reads the same runs decides the same.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clipviz.core.screening import Round, Search
from clipviz.runs.sweeps.pace import Pace
from clipviz.runs.sweeps.race import outrun
from clipviz.runs.sweeps.scores import Scores, complete, mean, ranked

SEEDS = 3
"""Of the pilot and the screen, and so many more in each lap of the race."""
MOST_SEEDS = 15
FINALISTS = 3
SCREENED, RACED, COMBINED = 0.5, 0.6, 0.7
"""Shares of the budget that are spent when each of these ends at the latest; the rest belongs to the confirmation."""
MOST_FRESH = 30
LEVEL = 0.05


@dataclass(frozen=True)
class Candidate:
    """An arm of the catalogue: its family ("" where it joins several), and the programs that it can share."""

    name: str
    family: str
    program: str


@dataclass(frozen=True)
class Field:
    """All arms of a search: the reference, and the candidates in the order in which they are tried."""

    reference: Candidate
    candidates: tuple[Candidate, ...]

    def programs(self, arms: Iterable[str], seeds: int) -> list[int]:
        """The runs of each program, where each of these arms gets so many further seeds."""
        wanted = set(arms)
        held: Counter[str] = Counter()
        for each in (self.reference, *self.candidates):
            held[each.program] += seeds if each.name in wanted else 0
        return [count for count in held.values() if count]


def first(field: Field) -> Round:
    """The pilot: the first arm of each family."""
    heads = {each.family: each.name for each in reversed(field.candidates)}
    families = dict.fromkeys(each.family for each in field.candidates)
    return Round(
        stage="pilot",
        arms=tuple(heads[family] for family in families),
        seeds=tuple(range(SEEDS)),
        why="one arm of each family, to see what a run takes",
    )


def following(rule: Search, field: Field, rounds: Sequence[Round], known: Scores, pace: Pace) -> Round | None:
    """What comes once all runs of the last round have ended; None where nothing is left to find out."""
    last = rounds[-1]
    if last.stage in ("confirm", "stopped"):
        return None
    if last.stage == "pilot":
        for share in (
            SCREENED,
            RACED,
        ):  # where the machine is slow, more arms are worth more than a race of three
            screen = _screen(rule.seconds * share - pace.spent, field, last, pace)
            if screen is not None:
                return screen
    seeds, alive = _standing(field, rounds, known)
    if not alive:
        return None
    kept, outrun_ = outrun(alive, seeds, known)
    left = tuple(arm for arm in last.arms if arm not in kept)
    lap = _lap(rule, field, kept, seeds, pace) if last.stage != "combine" else None
    if lap:
        return Round(
            stage="race",
            arms=lap,
            seeds=(*seeds, *range(max(seeds) + 1, max(seeds) + 1 + SEEDS)),
            left=tuple(arm for arm in last.arms if arm not in lap),
            why=_told(len(lap), len(outrun_), len(kept) - len(lap)),
        )
    if last.stage != "combine":
        joined = _joined(rule, field, kept, seeds, known, pace)
        if joined:
            return Round(
                stage="combine", arms=tuple(kept), seeds=seeds, left=left, joined=joined,
                why="the best of each family, together",
            )  # fmt: skip
    return _confirm(rule, field, rounds, kept, pace)


def fewest_fresh(arms: int) -> int:
    """The fewest pairs at which the exact test, corrected for so many arms, can reach the level at all."""
    return math.ceil(math.log2(2 * max(1, arms) / LEVEL))


def screened(rounds: Sequence[Round], joined: Sequence[str] = ()) -> set[str]:
    """The arms that were ever trained."""
    return {arm for each in rounds for arm in each.arms} | set(joined)


def _screen(room: float, field: Field, pilot: Round, pace: Pace) -> Round | None:
    """As many further arms as fit into so many seconds, the families in turn; None where none does, or is left."""
    by_family: dict[str, list[str]] = {}
    for each in field.candidates:
        if each.name not in pilot.arms:
            by_family.setdefault(each.family, []).append(each.name)
    turns = [arm for arm in itertools.chain(*itertools.zip_longest(*by_family.values())) if arm]
    taken: list[str] = []
    for arm in turns:
        if pace.cost(field.programs([*taken, arm], SEEDS)) <= room:
            taken.append(arm)
    if not taken:
        return None
    missed = len(turns) - len(taken)
    why = f"{len(taken)} further arms" + (f"; {missed} do not fit into the time" if missed else "")
    return Round(stage="screen", arms=(*pilot.arms, *taken), seeds=pilot.seeds, why=why)


def _standing(field: Field, rounds: Sequence[Round], known: Scores) -> tuple[tuple[int, ...], list[str]]:
    """The seeds by which arms are compared, and those that ended at all of them, the best first.

    Of the last round in which the reference and some arm came to the end: a round may have been cut short. An arm
    whose every number is the reference's changed nothing, and is nobody's answer.
    """
    reference = field.reference.name
    names = (*rounds[-1].arms, *(each.name for each in field.candidates if not each.family))
    for each in reversed(rounds):
        if not complete([reference], each.seeds, known):
            continue
        same = [known[reference][seed] for seed in each.seeds]
        alive = [
            arm for arm in ranked(dict.fromkeys(names), each.seeds, known)
            if [known[arm][seed] for seed in each.seeds] != same
        ]  # fmt: skip
        if alive:
            return each.seeds, alive
    return (), []


def _lap(
    rule: Search, field: Field, kept: Sequence[str], seeds: Sequence[int], pace: Pace
) -> tuple[str, ...]:
    """The arms that get more seeds: all, or the better half, or its better half; () where it is decided, or late."""
    runners = tuple(kept)
    while len(runners) > 1 and len(seeds) + SEEDS <= MOST_SEEDS:
        cost = pace.cost(field.programs([field.reference.name, *runners], SEEDS))
        if pace.spent + cost <= rule.seconds * RACED:
            return runners
        runners = runners[: len(runners) // 2]
    return ()


def _joined(
    rule: Search, field: Field, kept: Sequence[str], seeds: Sequence[int], known: Scores, pace: Pace
) -> tuple[tuple[str, ...], ...]:
    """Pairs of the best of each family that looks better than no clip, three, and all; () where it takes too long."""
    families = {each.name: each.family for each in field.candidates}
    best: dict[str, str] = {}
    for arm in kept:
        if families[arm] and mean(arm, seeds, known) > mean(field.reference.name, seeds, known):
            best.setdefault(families[arm], arm)
    order = [best[family] for family in dict.fromkeys(families.values()) if family in best]
    joined = [group for size in (2, 3, 4) for group in itertools.combinations(order, size)]
    cost = pace.cost([len(seeds)] * len(joined))  # a program each: their policies are of other classes
    return tuple(joined) if joined and pace.spent + cost <= rule.seconds * COMBINED else ()


def _confirm(rule: Search, field: Field, rounds: Sequence[Round], kept: Sequence[str], pace: Pace) -> Round:
    """As many finalists as there is time for with the fewest fresh seeds, one at least; then as many seeds as fit."""
    joined = [each.name for each in field.candidates if not each.family]
    fewest = fewest_fresh(len(screened(rounds, joined)))
    used = max(seed for each in rounds for seed in each.seeds)
    room = rule.seconds - pace.spent
    finalists = tuple(kept[:FINALISTS])

    def fits(seeds: int) -> bool:
        return pace.cost(field.programs([field.reference.name, *finalists], seeds)) <= room

    while len(finalists) > 1 and not fits(fewest):
        finalists = finalists[:-1]
    fresh = fewest
    while fresh < MOST_FRESH and fits(fresh + 1):
        fresh += 1
    return Round(
        stage="confirm",
        arms=finalists,
        seeds=tuple(range(used + 1, used + 1 + fresh)),
        left=tuple(arm for arm in dict.fromkeys((*rounds[-1].arms, *joined)) if arm not in finalists),
        why=f"{fresh} fresh seeds, so that the luck of the screen is not reported",
    )


def _told(runners: int, outrun_: int, waiting: int) -> str:
    said = [f"{runners} arms go on over {SEEDS} more seeds"]
    said += [f"{outrun_} fell behind the leader beyond doubt"] if outrun_ else []
    said += [f"{waiting} left for lack of time"] if waiting else []
    return "; ".join(said)
