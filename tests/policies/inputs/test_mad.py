"""Median ± k MAD."""

import statistics

import numpy as np
import pytest

from clipviz.policies.inputs.mad import MadClamp


def twin(policy: MadClamp, values: np.ndarray) -> np.ndarray:
    middle = statistics.median(values)
    reach = policy.k * 1.4826 * statistics.median(abs(value - middle) for value in values)
    return np.array([min(max(value, middle - reach), middle + reach) for value in values])


X10 = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])


def test_the_reference_numbers() -> None:
    found = MadClamp().fit(X10)
    assert (found.lo, found.hi) == pytest.approx((-5.6195, 16.6195))


def test_nearly_half_of_the_rows_may_be_wild() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(size=101), np.full(99, 1e9)])
    assert MadClamp().fit(values).hi < 30


def test_zero_mad_takes_the_deviations_of_the_others() -> None:
    found = MadClamp().fit(np.concatenate([np.zeros(90), [8.0, 10, 12], [9.0, 11] * 3, [1000.0]]))
    assert 11 < found.hi < 1000 and found.lo < 0
    assert "MAD = 0" in found.note
