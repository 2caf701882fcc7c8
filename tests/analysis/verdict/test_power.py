import math

import numpy as np
import pytest

from clipviz.analysis.verdict.paired import interval
from clipviz.analysis.verdict.power import (
    attained,
    exact_power,
    exact_seeds_needed,
    power,
    seeds_needed,
    smallest_effect,
)
from clipviz.analysis.verdict.sign_flip import sign_flip


@pytest.mark.parametrize(("effect", "seeds"), [(0.5, 34), (0.8, 15), (1.0, 10), (1.5, 6), (2.0, 5)])
def test_the_seeds_of_the_reference(effect: float, seeds: int) -> None:
    assert seeds_needed(effect) == seeds_needed(-effect) == seeds


def test_it_agrees_with_statsmodels() -> None:
    from statsmodels.stats.power import TTestPower

    for effect, n in ((0.3, 10), (1.0, 10), (0.8, 25), (2.5, 4)):
        assert power(effect, n) == pytest.approx(TTestPower().power(effect, n, 0.05), abs=1e-8)


def test_a_planted_effect_is_found_as_often_as_computed() -> None:
    low, high = interval(np.random.default_rng(0).normal(1.0, 1.0, (20_000, 10)))
    found = np.mean((low > 0) | (high < 0))
    assert found == pytest.approx(power(1.0, 10), abs=0.01)


def test_without_an_effect_power_is_the_level_and_no_number_of_seeds_is_enough() -> None:
    assert power(0, 10) == pytest.approx(0.05)
    assert seeds_needed(0) is None and seeds_needed(0.01) is None and seeds_needed(math.nan) is None
    assert power(50, 20) == 1 and math.isnan(power(1, 1)) and seeds_needed(1e6) == 2


def test_the_smallest_effect_is_what_those_seeds_can_show() -> None:
    assert power(smallest_effect(10), 10) == pytest.approx(0.8, abs=1e-6)
    assert math.isnan(smallest_effect(1))


@pytest.mark.parametrize(
    ("effect", "n", "level"), [(1.5, 6, 0.05), (1.5, 7, 0.05), (1.5, 8, 0.01), (1.0, 10, 0.05)]
)
def test_the_exact_test_has_the_power_that_is_told_where_patterns_are_few(effect, n, level) -> None:
    drawn = np.random.default_rng(0).normal(effect, 1, (1200, n))
    found = np.mean([sign_flip(each).p <= level for each in drawn])
    assert exact_power(effect, n, level) == pytest.approx(found, abs=0.045)


def test_pairs_too_few_for_a_level_have_no_power_and_more_are_asked_for() -> None:
    assert exact_power(9.0, 5) == 0 and attained(5) == 0 and attained(6) == 0.03125 and attained(30) == 0.05
    assert exact_seeds_needed(9.0) == 6 and seeds_needed(9.0) < 6
    assert exact_seeds_needed(float("nan")) is None and exact_seeds_needed(0.01) is None
