"""Spaces in which a skewed column looks more symmetric, with scipy as the judge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from clipviz.policies.inputs import _spaces
from clipviz.policies.inputs.mad import MadClamp
from clipviz.policies.inputs.sigma import SigmaClamp
from clipviz.policies.inputs.tukey import TukeyClamp

DECADES = np.array([1.0, 10, 100, 1e3, 1e4])
SKEWED = np.random.default_rng(0).lognormal(2, 1, size=400)
BOTH_SIGNS = np.random.default_rng(1).standard_t(3, size=400) ** 3


@pytest.mark.parametrize("seed", range(4))
def test_box_cox_finds_scipys_lambda(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = (generator.lognormal(1, 0.7, 300), generator.gamma(2, 3, 300))[seed % 2]
    there, power = stats.boxcox(values)
    found = _spaces.box_cox_lambda(values)
    assert found == pytest.approx(power, abs=1e-5)
    np.testing.assert_allclose(_spaces.box_cox(values, power), there)


@pytest.mark.parametrize("seed", range(4))
def test_yeo_johnson_finds_scipys_lambda(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = (generator.normal(1, 2, 300), generator.gumbel(0, 3, 300))[seed % 2]
    there, power = stats.yeojohnson(values)
    assert _spaces.yeo_johnson_lambda(values) == pytest.approx(power, abs=1e-5)
    np.testing.assert_allclose(_spaces.yeo_johnson(values, power), there)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(-1e6, 1e6), st.floats(-2, 4))
def test_yeo_johnson_goes_there_and_back(value: float, power: float) -> None:
    there = float(_spaces.yeo_johnson(np.array([value]), power)[0])
    assert there == pytest.approx(float(stats.yeojohnson(np.array([value]), power)[0]), rel=1e-9, abs=1e-12)
    slope = (1 + abs(value)) ** ((power if value >= 0 else 2 - power) - 1)
    if 1e-6 < slope < 1e6:  # elsewhere the digits of the value are not in what it became
        assert _spaces.yeo_johnson_inverse(there, power) == pytest.approx(value, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("power", [-1.0, 0.0, 0.5, 2.0])
def test_box_cox_goes_back_as_scipy_does(power: float) -> None:
    for value in (0.1, 1.0, 7.5, 1e4):
        there = float(_spaces.box_cox(np.array([value]), power)[0])
        assert _spaces.box_cox_inverse(there, power) == pytest.approx(special.inv_boxcox(there, power))


def test_what_no_value_lands_on_is_0_or_infinite() -> None:
    assert _spaces.box_cox_inverse(-12.2566, 0.5) == 0  # squared it would be 150.22: a silent wrong bound
    assert _spaces.box_cox_inverse(3.0, -0.5) == np.inf
    assert _spaces.yeo_johnson_inverse(3.0, -0.5) == np.inf
    assert _spaces.yeo_johnson_inverse(-3.0, 2.5) == -np.inf


def test_the_reference_numbers() -> None:
    mean, deviation = np.log(DECADES).mean(), np.log(DECADES).std(ddof=1)
    assert np.exp([mean - deviation, mean + deviation]) == pytest.approx([2.6233798, 3811.87657])
    found = SigmaClamp(k=1, space="log1p").fit(DECADES)
    assert (found.lo, found.hi) == pytest.approx((2.869819, 3556.934), rel=1e-6)
    half = _spaces.box_cox(DECADES, 0.5)
    assert _spaces.box_cox_inverse(half.mean() + half.std(ddof=1), 0.5) == pytest.approx(4980.21049)
    assert (half.mean() - half.std(ddof=1)) * 0.5 + 1 == pytest.approx(-12.2566, abs=1e-4)


@pytest.mark.parametrize("rule", [SigmaClamp, TukeyClamp, MadClamp])
@pytest.mark.parametrize(
    ("space", "values"), [("log1p", SKEWED), ("box_cox", SKEWED), ("yeo_johnson", BOTH_SIGNS)]
)
def test_the_bounds_are_those_of_what_scipy_makes_of_the_column(rule, space, values) -> None:
    there, power = {
        "log1p": lambda: (np.log1p(values), None),
        "box_cox": lambda: stats.boxcox(values),
        "yeo_johnson": lambda: stats.yeojohnson(values),
    }[space]()
    plain, found = rule(k=1).fit(there), rule(k=1, space=space).fit(values)
    back = {
        "log1p": np.expm1,
        "box_cox": lambda y: special.inv_boxcox(y, power),
        "yeo_johnson": lambda y: _spaces.yeo_johnson_inverse(y, power),
    }[space]
    assert (found.lo, found.hi) == pytest.approx((back(plain.lo), back(plain.hi)), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("space", "values", "words"),
    [
        ("log1p", [-1.0, 2, 3], "above -1"),
        ("box_cox", [0.0, 2, 3], "above 0"),
        ("box_cox", [1e15, 1e15 + 0.125, 1e15 + 0.25], "no spread in box_cox space"),
    ],
)
def test_a_space_that_cannot_hold_the_column_gives_way_to_raw_units_and_says_so(space, values, words) -> None:
    column = np.array(values)
    found, raw = SigmaClamp(k=1, space=space).fit(column), SigmaClamp(k=1).fit(column)
    assert (found.lo, found.hi) == (raw.lo, raw.hi)
    assert words in found.note


@pytest.mark.parametrize("space", ["log1p", "box_cox", "yeo_johnson"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=st.lists(st.floats(-1e300, 1e300) | st.floats(0, 100), min_size=1, max_size=40))
def test_whatever_the_column_the_bounds_are_in_order(space: str, values: list[float]) -> None:
    found = TukeyClamp(space=space).fit(np.array(values))
    assert found.lo < found.hi


def test_box_cox_bounds_follow_the_unit_of_the_column() -> None:
    found, scaled = (SigmaClamp(k=2, space="box_cox").fit(SKEWED * unit) for unit in (1, 1000))
    assert (scaled.lo, scaled.hi) == pytest.approx((found.lo * 1000, found.hi * 1000), rel=1e-5)


def test_lambda_is_found_among_some_of_very_many_values() -> None:
    values = np.random.default_rng(2).lognormal(size=150_000)
    assert len(_spaces.some(values)) == _spaces.MOST_VALUES
    assert np.array_equal(_spaces.some(values), _spaces.some(values))
    assert abs(_spaces.box_cox_lambda(_spaces.some(values))) < 0.02


def test_a_limit_that_no_value_reaches_leaves_the_side_open_and_is_said() -> None:
    values = np.random.default_rng(3).pareto(1, 500) + 1
    found = SigmaClamp(k=3, space="box_cox").fit(values)
    assert found.hi == np.inf and found.lo < 1
    assert "no value reaches the upper limit: left open" in found.note
