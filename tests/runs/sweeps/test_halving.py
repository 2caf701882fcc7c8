import math
from itertools import pairwise

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe
from clipviz.core.screening import Halving, Round
from clipviz.core.sweep import Design
from clipviz.runs.sweeps import halving

ARMS = [f"arm {place}" for place in range(9)]
SEEDS = tuple(range(20))
RULE = Halving.over(len(SEEDS))


def scored(arms, seeds, luck) -> dict[str, dict[int, float | None]]:
    return {arm: {seed: luck(arm, seed) for seed in seeds} for arm in arms}


def to_the_end(rule: Halving, arms: list[str], seeds: tuple[int, ...], luck) -> list[Round]:
    """Trains what each round asks for, and nothing more."""
    rounds, known = [halving.first(rule, arms, seeds)], dict[str, dict[int, float | None]]()
    while True:
        last = rounds[-1]
        for arm, own in scored(last.arms, last.seeds, luck).items():
            known.setdefault(arm, {}).update(own)
        following = halving.following(rule, seeds, rounds, known)
        if following is None:
            return rounds
        rounds.append(following)


def test_rungs_grow_until_all_seeds_are_spent() -> None:
    assert RULE.rungs == (3, 9) and Halving.over(10).rungs == (3, 9) and Halving.over(9).rungs == (3,)
    assert Halving.over(100, first=2, keep=0.5).rungs == (2, 4, 8, 16, 32, 64)
    with pytest.raises(InvalidRecipe, match="after 3 seeds; received 3 seeds in all"):
        Halving.over(3)
    with pytest.raises(ValueError, match="rungs are numbers of seeds that grow"):
        Halving(rungs=(9, 3))
    recipe = Recipe(data=Data(dataset="0" * 16, target="y"))
    with pytest.raises(ValueError, match="the last cut is after 9 seeds"):
        Design(recipe=recipe, seeds=range(9), choosing=RULE)


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_every_arm_that_is_left_has_the_same_seeds_and_the_last_ones_have_all(count: int) -> None:
    rounds = to_the_end(RULE, ARMS[:count], SEEDS, lambda arm, seed: hash((arm, seed)) % 97 / 97)
    assert [len(each.seeds) for each in rounds] == [3, 9, 20]
    alive = [len(each.arms) for each in rounds]
    assert alive == [count, math.ceil(count / 3), math.ceil(math.ceil(count / 3) / 3)]
    for earlier, later in pairwise(rounds):
        assert set(later.arms) <= set(earlier.arms) and later.seeds[: len(earlier.seeds)] == earlier.seeds
        assert {*later.arms, *later.left} == set(earlier.arms)


def test_the_best_arm_stays_and_a_diverged_run_counts_as_the_worst() -> None:
    best = to_the_end(RULE, ARMS, SEEDS, lambda arm, seed: float(arm == "arm 7"))
    assert best[-1].arms == ("arm 7",)
    lost = to_the_end(
        RULE, ARMS, SEEDS, lambda arm, seed: None if arm == "arm 7" and seed == 0 else float(arm == "arm 7")
    )
    assert "arm 7" not in lost[1].arms


def test_arms_that_crashed_leave_and_seeds_that_come_later_go_to_those_that_are_left() -> None:
    first = halving.first(RULE, ARMS, SEEDS)
    known = scored(ARMS[1:], first.seeds, lambda arm, seed: 1.0)
    following = halving.following(RULE, SEEDS, [first], known)
    assert following is not None and "arm 0" in following.left and len(following.arms) == 3
    assert halving.following(RULE, SEEDS, [first], {}) is None
    rounds = to_the_end(RULE, ARMS, SEEDS, lambda arm, seed: float(arm == "arm 7"))
    known = scored(["arm 7"], SEEDS, lambda arm, seed: 1.0)
    more = halving.following(RULE, (*SEEDS, 20, 21), rounds, known)
    assert more is not None and more.arms == ("arm 7",) and len(more.seeds) == 22 and not more.left


def test_arms_that_are_alike_are_told_apart_no_more_often_than_without_halving() -> None:
    """A p of 1 for whoever left is never below the one that all seeds would have given: Holm keeps its level."""
    from clipviz.analysis.verdict.multiplicity import holm

    false, seeds = 0, tuple(range(12))
    rule = Halving.over(len(seeds))
    signs = np.array(np.meshgrid(*[[-1, 1]] * 12)).reshape(12, -1).T
    for trial in range(200):
        generator = np.random.default_rng(trial)
        values = dict(zip(ARMS, generator.normal(size=(9, 12)), strict=True))
        none = generator.normal(size=12)
        last = to_the_end(rule, ARMS, seeds, lambda arm, seed, values=values: float(values[arm][seed]))[-1]
        p = []
        for arm in ARMS:
            difference = values[arm] - none
            exact = np.mean(np.abs(signs @ difference) >= abs(difference.sum()) - 1e-12)
            p.append(float(exact) if arm in last.arms else 1.0)
        false += min(holm(p)) <= 0.05
    assert false <= 16, "95 % of binomial(200, 0.05) is at most 15, and the family shares its reference"
