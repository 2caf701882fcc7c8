"""The bounds of groups: how much is their own, and how far they may be off."""

import numpy as np
import pytest

from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.policies.group_bounds import GroupBounds, group_bounds
from clipviz.policies.inputs.base import Groups
from clipviz.policies.uncertainty import uncertainty

SIZES = (600, 60, 1, 0)
MEANS = np.array([0.0, 20.0, -50.0, 0.0])


def sample(seed: int = 0) -> tuple[np.ndarray, Groups]:
    """Three groups of unlike size and place, one without a row, and rows of no known group."""
    codes = np.concatenate([np.repeat(np.arange(4), SIZES), [-1, -1, -1]])
    values = np.random.default_rng(seed).normal(size=len(codes)) + MEANS[codes]
    values[0] = np.nan
    return values, Groups(codes, 4)


def of(choice: Choice, seed: int = 0) -> tuple[GroupBounds, ...]:
    values, groups = sample(seed)
    bounds = build("clipviz.policies.inputs", choice).fit(values, groups)
    return group_bounds(choice, values, groups, bounds)


@pytest.mark.parametrize(
    "choice", [Choice.of("tukey", by="g"), Choice.of("quantile", by="g", lower=0.05, upper=0.9)]
)
def test_each_group_is_a_blend_of_its_own_bounds_and_those_of_all(choice: Choice) -> None:
    values, groups = sample()
    whole = build("clipviz.policies.inputs", choice).fit(values, groups)
    found = of(choice)
    assert [each.rows for each in found] == [599, 60, 1, 0]
    assert [each.weight for each in found] == pytest.approx([599 / 629, 60 / 90, 0, 0])
    for each in found:
        assert (each.lo, each.hi) == whole.groups[each.level]
        if each.weight:
            mixed = each.weight * each.own.hi + (1 - each.weight) * whole.hi
            assert each.hi == pytest.approx(mixed)
        else:
            assert (each.lo, each.hi) == (whole.lo, whole.hi)
        about = each.uncertain
        assert about is not None and about.hi is not None and about.hi[0] <= each.hi <= about.hi[1]


def test_without_shrinkage_a_group_is_as_sure_as_its_rows_alone() -> None:
    choice = Choice.of("sigma", by="g", shrinkage=0.0)
    values, groups = sample()
    members = np.sort(values[groups.codes == 1])
    alone = build("clipviz.policies.inputs", Choice(id="sigma")).fit(members)
    assert of(choice)[1].uncertain == uncertainty(members, Choice(id="sigma"), alone)


def test_a_small_group_is_less_sure_than_a_large_one() -> None:
    large, small, *_ = of(Choice.of("sigma", by="g", shrinkage=0.0))
    assert large.uncertain is not None and small.uncertain is not None
    assert large.uncertain.hi is not None and small.uncertain.hi is not None
    assert np.ptp(small.uncertain.hi) > 2 * np.ptp(large.uncertain.hi)


@pytest.mark.parametrize(
    "choice", [Choice.of("sigma", by="g", k=2.0), Choice.of("quantile", by="g", lower=0.0, upper=0.9)]
)
def test_the_interval_of_a_group_holds_what_an_endless_sample_would_give_it(choice: Choice) -> None:
    """With the same shares of groups and the same weights."""
    values = np.concatenate(
        [
            np.random.default_rng(1).normal(size=400 * size) + mean
            for size, mean in zip(SIZES, MEANS, strict=True)
        ]
    )
    codes = np.repeat(np.arange(4), [400 * size for size in SIZES])
    policy = build("clipviz.policies.inputs", choice)
    whole = policy.fit(values)
    own = policy.fit(values[codes == 1])
    weight = policy.weight(SIZES[1])
    truth = weight * own.hi + (1 - weight) * whole.hi
    inside = 0
    for seed in range(40):
        about = of(choice, seed + 10)[1].uncertain
        assert about is not None and about.hi is not None
        inside += about.hi[0] <= truth <= about.hi[1]
    assert inside >= 36


def test_bounds_of_all_rows_have_no_groups() -> None:
    values, groups = sample()
    choice = Choice(id="tukey")
    assert (
        group_bounds(choice, values, groups, build("clipviz.policies.inputs", choice).fit(values, groups))
        == ()
    )
