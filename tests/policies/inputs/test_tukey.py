"""Tukey's fences."""

import statistics

import numpy as np
import pytest

from clipviz.policies.inputs.tukey import TukeyClamp


def twin(policy: TukeyClamp, values: np.ndarray) -> np.ndarray:
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    reach = policy.k * (third - first)
    return np.array([min(max(value, first - reach), third + reach) for value in values])


X10 = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])


def test_the_reference_numbers() -> None:
    found = TukeyClamp().fit(X10)
    assert (found.lo, found.hi) == pytest.approx((-3.5, 14.5))


def test_it_flags_few_gaussian_rows() -> None:
    values = np.random.default_rng(0).normal(size=200_000)
    found = TukeyClamp().fit(values)
    assert np.mean((values < found.lo) | (values > found.hi)) == pytest.approx(0.007, abs=0.001)


def test_zero_inflated_columns_take_the_fences_of_the_others() -> None:
    others = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])
    found = TukeyClamp().fit(np.concatenate([np.zeros(90), others]))
    assert (found.lo, found.hi) == pytest.approx((-3.5, 14.5))
    assert "IQR = 0" in found.note


def test_the_fences_of_the_others_are_widened_to_hold_the_median() -> None:
    found = TukeyClamp().fit(np.concatenate([np.zeros(90), np.linspace(100, 101, 10)]))
    assert found.lo == 0 and found.hi > 101


def test_two_valued_columns_are_left_open() -> None:
    found = TukeyClamp().fit(np.array([0.0] * 95 + [1.0] * 5))
    assert found.hi == np.inf and "left open" in found.note
