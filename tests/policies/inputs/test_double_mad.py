"""Median minus and plus k robust deviations of either side's own."""

import statistics

import numpy as np
import pytest

from clipviz.policies.inputs.double_mad import DoubleMadClamp


def twin(policy: DoubleMadClamp, values: np.ndarray) -> np.ndarray:
    middle = statistics.median(values)
    left = statistics.median(middle - value for value in values if value <= middle)
    right = statistics.median(value - middle for value in values if value >= middle)
    lo, hi = middle - policy.k * 1.4826 * left, middle + policy.k * 1.4826 * right
    return np.array([min(max(value, lo), hi) for value in values])


def test_the_reference_numbers() -> None:
    found = DoubleMadClamp().fit(np.array([1.0, 1, 1, 2, 2, 3, 4, 8, 16, 50]))
    assert (found.lo, found.hi) == pytest.approx((-4.1717, 26.9629))
    found = DoubleMadClamp(k=1 / 1.4826).fit(np.array([1.0, 2, 3, 10, 30]))
    assert (found.lo, found.hi) == pytest.approx((3 - 1, 3 + 7))


def test_on_a_symmetric_column_it_is_the_mad_clamp() -> None:
    from clipviz.policies.inputs.mad import MadClamp

    values = np.array([-9.0, -3, -2, -1, 0, 1, 2, 3, 9])
    both = DoubleMadClamp().fit(values), MadClamp().fit(values)
    assert (both[0].lo, both[0].hi) == pytest.approx((both[1].lo, both[1].hi))


def test_a_side_without_spread_takes_the_others_or_stays_open() -> None:
    found = DoubleMadClamp().fit(np.concatenate([np.zeros(90), np.arange(1.0, 11)]))
    assert (found.lo, found.hi) == (-np.inf, pytest.approx(3 * 1.4826 * 5.5))
    assert "below" in found.note and "MAD above" in found.note
