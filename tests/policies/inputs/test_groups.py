"""Bounds group by group."""

import numpy as np
import pytest

from clipviz.core.discovery import discover
from clipviz.policies.inputs.base import FittedClamp, Groups
from clipviz.policies.inputs.quantile import QuantileClamp
from clipviz.policies.inputs.tukey import TukeyClamp

FITTED = {
    name: cls for name, cls in discover("clipviz.policies.inputs").items() if issubclass(cls, FittedClamp)
}


def two(rows: int = 200) -> tuple[np.ndarray, Groups]:
    generator = np.random.default_rng(0)
    codes = np.arange(rows) % 2
    return generator.normal(size=rows) + 100 * codes, Groups(codes, 2)


@pytest.mark.parametrize("name", FITTED)
def test_one_group_equals_none(name: str) -> None:
    values = np.random.default_rng(1).standard_t(2, size=200)
    found = FITTED[name](by="g").fit(values, Groups(np.zeros(200, dtype=np.int64), 1))
    assert found.groups == ((found.lo, found.hi),)
    plain = FITTED[name]().fit(values)
    assert (found.lo, found.hi) == (plain.lo, plain.hi)


@pytest.mark.parametrize("name", FITTED)
def test_without_shrinkage_each_group_is_fitted_alone(name: str) -> None:
    values, groups = two()
    found = FITTED[name](by="g", shrinkage=0).fit(values, groups)
    for level, pair in enumerate(found.groups):
        alone = FITTED[name]().fit(values[groups.codes == level])
        assert pair == (alone.lo, alone.hi)


def test_a_small_group_is_drawn_towards_all_rows() -> None:
    values, groups = two()
    whole = QuantileClamp().fit(values)
    own = QuantileClamp().fit(values[groups.codes == 0])
    found = QuantileClamp(by="g", shrinkage=50).fit(values, groups)
    share = 100 / (100 + 50)
    assert found.groups[0] == pytest.approx(
        (share * own.lo + (1 - share) * whole.lo, share * own.hi + (1 - share) * whole.hi)
    )


def test_rows_of_no_known_group_take_the_bounds_of_all() -> None:
    values, groups = two()
    found = TukeyClamp(by="g", shrinkage=0).fit(values, groups)
    wild = np.array([1e6, 1e6, 1e6])
    clamped = found.clamp(wild, np.array([0, 1, -1]))
    assert clamped.tolist() == [found.groups[0][1], found.groups[1][1], found.hi]
    below, above = found.outside(np.array([50.0, 50.0, 50.0]), np.array([0, 1, -1]))
    assert (below.tolist(), above.tolist()) == ([False, True, False], [True, False, False])


def test_a_group_without_spread_takes_the_bounds_of_all_and_says_so() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(size=50), np.full(50, 7.0), [np.nan]])
    groups = Groups(np.array([0] * 50 + [1] * 50 + [2]), 3)
    found = TukeyClamp(by="g").fit(values, groups)
    assert found.groups[1] == found.groups[2] == (found.lo, found.hi)
    assert "2 of 3 groups have no spread of their own" in found.note


@pytest.mark.parametrize(("sides", "open_end"), [("upper", 0), ("lower", 1)])
def test_one_side_is_open_in_every_group(sides: str, open_end: int) -> None:
    values, groups = two()
    found = TukeyClamp(by="g", sides=sides).fit(values, groups)
    assert all(np.isinf(pair[open_end]) and np.isfinite(pair[1 - open_end]) for pair in found.groups)


def test_an_empty_name_is_no_group() -> None:
    assert TukeyClamp(by="").by is None
