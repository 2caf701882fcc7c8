"""What becomes of a value beyond a bound: the same for every clamp that sets one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipviz.core.bounds import Bounds, soft
from clipviz.core.discovery import discover
from clipviz.policies.inputs.base import SidedClamp
from clipviz.policies.inputs.tukey import TukeyClamp

SIDED = {
    name: cls for name, cls in discover("clipviz.policies.inputs").items() if issubclass(cls, SidedClamp)
}
X = np.concatenate([np.random.default_rng(0).standard_t(2, size=300), [np.nan, np.inf, -np.inf]])


def given_limits(name: str, **fields: object) -> SidedClamp:
    return SIDED[name](**({"lo": -1.0, "hi": 1.0} if name == "fixed" else {}), **fields)


@pytest.mark.parametrize("name", SIDED)
@pytest.mark.parametrize("action", ["soft", "missing", "trim"])
def test_no_action_moves_the_limits(name: str, action: str) -> None:
    found, plain = given_limits(name, action=action).fit(X), given_limits(name).fit(X)
    assert (found.lo, found.hi, found.note) == (plain.lo, plain.hi, plain.note)
    assert found.action == action


@pytest.mark.parametrize("action", ["missing", "trim"])
def test_what_is_missing_or_trimmed_has_no_value(action: str) -> None:
    found = TukeyClamp(action=action).fit(X)
    below, above = found.outside(X)
    after = found.clamp(X)
    np.testing.assert_array_equal(np.isnan(after), below | above | np.isnan(X))
    np.testing.assert_array_equal(after[~np.isnan(after)], X[~(below | above | np.isnan(X))])
    np.testing.assert_array_equal(found.clamp(after), after)


def naive_soft(x: float, lo: float, hi: float, width: float) -> float:
    """lo + w softplus((x - lo) / w) - w softplus((x - hi) / w), as it is written."""

    def softplus(z: float) -> float:
        return math.log1p(math.exp(z))

    return lo + width * softplus((x - lo) / width) - width * softplus((x - hi) / width)


def test_the_reference_numbers_of_the_soft_clip() -> None:
    values = np.array([-3, -1, 0, 0.5, 1, 3])
    expected = [-0.9999909, -0.8613796, 0, 0.4843326, 0.8613796, 0.9999909]
    np.testing.assert_allclose(soft(values, np.array(-1.0), np.array(1.0), 1 / 5), expected, atol=5e-8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(-50, 50), st.floats(-5, 0), st.floats(0.1, 5), st.floats(0.1, 2))
def test_soft_is_its_formula(x: float, lo: float, hi: float, width: float) -> None:
    said = soft(np.array([x]), np.array(lo), np.array(hi), width)[0]
    assert said == pytest.approx(naive_soft(x, lo, hi, width), abs=1e-9)


def test_soft_reaches_the_right_bound_from_very_far() -> None:
    far = np.array([-1.7e308, -1e8, 1e8, 1.7e308, np.inf, -np.inf])
    np.testing.assert_allclose(soft(far, np.array(-1.0), np.array(1.0), 0.2), [-1, -1, 1, 1, 1, -1])


def test_soft_with_an_open_side_leaves_it_alone() -> None:
    values = np.array([-1e6, -1.0, 0.0, 5.0, np.inf, -np.inf])
    said = Bounds(hi=0.0, action="soft", width=0.5).clamp(values)
    np.testing.assert_allclose(said[:3], [-1e6, -1 - 0.5 * np.log1p(np.exp(-2)), -0.5 * np.log(2)])
    assert (
        said[3] == pytest.approx(0, abs=1e-4)
        and said[4] == pytest.approx(0, abs=1e-15)
        and said[5] == -np.inf
    )


def test_soft_is_a_clamp_where_the_column_has_no_spread() -> None:
    found = given_limits("fixed", action="soft").fit(np.full(5, 0.5))
    assert found.width == 0 and found.plain
    np.testing.assert_array_equal(found.clamp(np.array([-9.0, 0, 9])), [-1, 0, 1])


def test_the_width_follows_the_unit_of_the_column() -> None:
    finite = X[np.isfinite(X)]
    one, other = (TukeyClamp(action="soft").fit(finite * unit).width for unit in (1, 8))
    assert other == 8 * one > 0


def test_soft_keeps_order_and_stays_inside() -> None:
    found = TukeyClamp(action="soft", softness=1.0).fit(X)
    after = found.clamp(np.linspace(-100, 100, 4001))
    assert (np.diff(after) >= 0).all() and after.min() >= found.lo and after.max() <= found.hi
