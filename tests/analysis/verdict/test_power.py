import math

import numpy as np
import pytest

from clipviz.analysis.verdict.paired import interval
from clipviz.analysis.verdict.power import power, seeds_needed, smallest_effect


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
