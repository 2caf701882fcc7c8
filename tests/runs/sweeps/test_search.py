"""The allocation of a search as a function of make-believe results, and the chances of the whole procedure."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.analysis.verdict.multiplicity import holm
from clipviz.analysis.verdict.power import power
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.sign_flip import sign_flip
from clipviz.analysis.verdict.verdict import judge
from clipviz.core.metric import METRICS
from clipviz.core.screening import Round, Search
from clipviz.runs.sweeps import search
from clipviz.runs.sweeps.pace import Pace
from clipviz.runs.sweeps.search import Candidate, Field

FAMILIES = ("inputs", "activation", "gradient")
FIELD = Field(
    Candidate("none", "", "plain"),
    tuple(
        Candidate(f"{family} {place}", family, "plain" if family == "inputs" else f"{family} {place}")
        for family in FAMILIES
        for place in range(4)
    ),
)
Luck = Callable[[str, int], float | None]


class World:
    """Trains what a search decides: a run of an arm and seed scores what `luck` says, and a program takes a second."""

    def __init__(self, luck: Luck, budget: float, program: float = 1.0) -> None:
        self.luck, self.rule, self.program = luck, Search(seconds=budget), program
        self.field, self.known = FIELD, dict[str, dict[int, float | None]]()
        self.spent, self.rounds = 0.0, list[Round]()

    def run(self) -> "World":
        following: Round | None = search.first(self.field)
        while following is not None:
            names = [" + ".join(group) for group in following.joined]
            new = tuple(Candidate(name, "", name) for name in names)
            self.field = Field(self.field.reference, (*self.field.candidates, *new))
            following = following.model_copy(update={"arms": (*following.arms, *names)})
            self.rounds.append(following)
            self._train(following)
            pace = Pace(self.spent, self.program, 3.0, slots=2)
            following = search.following(self.rule, self.field, self.rounds, self.known, pace)
        return self

    def _train(self, decided: Round) -> None:
        arms = ("none", *decided.arms)
        missing = [arm for arm in arms if not set(decided.seeds) <= set(self.known.get(arm, {}))]
        more = max(len(set(decided.seeds) - set(self.known.get(arm, {}))) for arm in arms)
        self.spent += Pace(0, self.program, 3.0, slots=2).cost(self.field.programs(missing, more))
        for arm in arms:
            own = self.known.setdefault(arm, {})
            own.update({seed: self.luck(arm, seed) for seed in decided.seeds if seed not in own})

    @property
    def stages(self) -> list[str]:
        return [each.stage for each in self.rounds]


def alike(seed: int, better: str = "", by: float = 0.0) -> Luck:
    """Scores that depend on arm and seed alone; one arm is better by so many standard deviations of a difference."""

    def luck(arm: str, number: int) -> float:
        bits = [seed, number, *arm.encode()]
        return float(np.random.default_rng(bits).normal()) + math.sqrt(2) * by * (arm == better)

    return luck


def test_it_pilots_screens_races_combines_and_confirms_within_its_budget() -> None:
    world = World(alike(0, "inputs 2", 3.0), budget=60).run()
    assert world.stages[:2] == ["pilot", "screen"] and world.stages[-1] == "confirm"
    assert world.stages.index("race") < world.stages.index("combine") if "combine" in world.stages else True
    assert world.rounds[0].arms == ("inputs 0", "activation 0", "gradient 0")
    assert len(world.rounds[1].arms) == 12
    assert world.rounds[-1].arms[0].startswith("inputs 2")
    assert world.spent <= 60


@pytest.mark.parametrize("budget", [12, 20, 40, 80, 160])
def test_whatever_the_budget_every_arm_that_is_compared_has_the_same_seeds(budget: float) -> None:
    world = World(alike(budget), budget).run()
    for earlier, each in zip(world.rounds, world.rounds[1:], strict=False):
        if each.stage != "confirm":
            assert set(earlier.seeds) <= set(each.seeds)
        assert set(each.left).isdisjoint(each.arms)
    assert world.rounds[-1].stage == "confirm"
    assert {"none", *world.rounds[-1].arms} <= {
        arm for arm, own in world.known.items() if set(world.rounds[-1].seeds) <= set(own)
    }
    assert world.spent <= max(budget, 14), "one finalist is confirmed over the fewest seeds in any case"


def test_the_confirmation_uses_seeds_that_nobody_has_looked_at() -> None:
    world = World(alike(3), budget=60).run()
    looked_at = {seed for each in world.rounds[:-1] for seed in each.seeds}
    fresh = world.rounds[-1].seeds
    assert looked_at.isdisjoint(fresh)
    arms = len({arm for each in world.rounds for arm in each.arms})
    assert arms * 2.0 ** (1 - len(fresh)) <= 0.05 and len(fresh) >= search.fewest_fresh(arms)


def test_it_decides_the_same_whoever_asks_and_has_nothing_to_add_at_the_end() -> None:
    one, other = World(alike(5), 60).run(), World(alike(5), 60).run()
    assert one.rounds == other.rounds
    pace = Pace(0, 1, 3, 2)
    assert search.following(one.rule, one.field, one.rounds, one.known, pace) is None
    stopped = [*one.rounds[:-1], Round(stage="stopped", arms=(), seeds=(0,))]
    assert search.following(one.rule, one.field, stopped, one.known, pace) is None


def test_the_families_share_a_short_budget_and_the_likely_arms_come_first() -> None:
    world = World(alike(0), budget=10).run()
    screened = world.rounds[1].arms
    assert 3 < len(screened) < 12
    for family in FAMILIES:
        own = [arm for arm in screened if arm.startswith(family)]
        assert own == [f"{family} {place}" for place in range(len(own))]
    assert "do not fit into the time" in world.rounds[1].why


def test_arms_that_change_nothing_or_diverge_are_nobodys_answer() -> None:
    plain = alike(1)

    def luck(arm: str, seed: int) -> float | None:
        if arm.startswith("inputs"):
            return plain("none", seed)
        return None if arm.startswith("gradient") else plain(arm, seed)

    world = World(luck, 60).run()
    assert all(arm.startswith("activation") for arm in world.rounds[-1].arms)
    nothing = World(lambda arm, seed: plain("none", seed), 60).run()
    assert nothing.stages == ["pilot", "screen"], "there is nothing to confirm"


def test_a_screen_that_was_cut_short_is_decided_by_what_has_ended() -> None:
    world = World(alike(2), 60)
    world.rounds = [search.first(FIELD)]
    world._train(world.rounds[0])
    screen = search.following(world.rule, FIELD, world.rounds, world.known, Pace(3, 1, 3, 2))
    assert screen is not None and screen.stage == "screen"
    confirm = search.following(world.rule, FIELD, [*world.rounds, screen], world.known, Pace(59, 1, 3, 2))
    assert confirm is not None and confirm.stage == "confirm" and len(confirm.arms) == 1
    assert set(confirm.arms) <= set(world.rounds[0].arms)


def claims(world: World, luck: Luck) -> list[str]:
    """The arms that the verdict calls better: fresh seeds and test rows, Holm over all that were ever trained."""
    last = world.rounds[-1]
    trained = [arm for arm in world.known if arm != "none"]
    p = {
        arm: sign_flip(np.array([luck(arm, seed) - luck("none", seed) for seed in last.seeds])).p  # type: ignore[operator]
        for arm in last.arms
    }
    corrected = holm([p.get(arm, 1.0) for arm in trained])
    return [
        arm for arm, value in zip(trained, corrected, strict=True)
        if value <= 0.05 and np.mean([luck(arm, s) - luck("none", s) for s in last.seeds]) > 0  # type: ignore[operator]
    ]  # fmt: skip


@pytest.fixture
def few_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few enough seeds for the exact test to count every pattern fast."""
    monkeypatch.setattr(search, "MOST_FRESH", 12)


@pytest.mark.usefixtures("few_fresh")
def test_arms_that_are_all_alike_are_told_apart_at_most_one_time_in_twenty() -> None:
    """Validation and test rows share their luck here, which is the worst case for whoever chooses."""
    false = [bool(claims(World(luck := alike(trial), 40).run(), luck)) for trial in range(120)]
    assert sum(false) <= 11, "95 % of binomial(120, 0.05) is below 11"


@pytest.mark.usefixtures("few_fresh")
def test_a_better_arm_is_found_as_often_as_its_power_says() -> None:
    """Where it leads for sure, what is left to chance is the confirmation alone."""
    found, expected = [], []
    for trial in range(60):
        luck = alike(trial, "gradient 1", 1.6)
        world = World(luck, 40).run()
        last = world.rounds[-1]
        found.append("gradient 1" in claims(world, luck))
        family = len(world.known) - 1
        expected.append(power(1.6, len(last.seeds), 0.05 / family) if "gradient 1" in last.arms else 0.0)
    assert np.mean(expected) > 0.8
    assert abs(np.mean(found) - np.mean(expected)) < 3 * math.sqrt(0.25 / 60)


def test_the_verdict_counts_as_the_simulation_does() -> None:
    luck = alike(4, "gradient 1", 2.0)
    world = World(luck, 40).run()
    arms = [
        Arm(
            name=name,
            outcomes={
                seed: Outcome(metric=-(value or 0), validation=-(value or 0)) for seed, value in own.items()
            },
            clips=() if name == "none" else ("gradient",),
            reference="" if name == "none" else "none",
        )
        for name, own in world.known.items()
    ]
    last = world.rounds[-1]
    left = frozenset(world.known) - {*last.arms, "none"}
    screening = Screening(left=left, fresh=frozenset(last.seeds), leader=last.arms[0])
    verdict = judge(arms, METRICS["mae"], screening=screening)
    better = {each.arm for each in verdict.comparisons if each.relation == "better"}
    assert better == set(claims(world, luck)) == {"gradient 1"}
    assert verdict.chosen == last.arms[0]
    gone = [each for each in verdict.comparisons if each.arm in left]
    assert {each.relation for each in gone} == {"left early"}
    assert all(each.p is None and each.p_holm is None and each.seeds for each in gone)
    said = " ".join(verdict.context)
    assert f"Holm's correction counts all {len(arms) - 1}" in said and "fresh seeds were trained" in said
