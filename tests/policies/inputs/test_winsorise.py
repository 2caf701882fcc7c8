"""Winsorising by count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats.mstats import winsorize

from clipviz.policies.inputs.winsorise import WinsoriseClamp


def twin(policy: WinsoriseClamp, values: np.ndarray) -> np.ndarray:
    ordered = sorted(values)
    lo = ordered[int(policy.lowest * len(values))]
    hi = ordered[::-1][int(policy.highest * len(values))]
    return np.array([min(max(value, lo), hi) for value in values])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    arrays(np.float64, st.integers(2, 200), elements=st.integers(-50, 50)),
    st.floats(0, 0.49),
    st.floats(0, 0.49),
)
def test_scipy_says_the_same(values: np.ndarray, lowest: float, highest: float) -> None:
    found = WinsoriseClamp(lowest=lowest, highest=highest).fit(values)
    theirs = np.asarray(winsorize(values.copy(), limits=(lowest, highest)))
    if theirs.min() == theirs.max():
        assert found.open and "left open" in found.note
    else:
        np.testing.assert_array_equal(found.clamp(values), theirs)


def test_the_count_is_cut_off() -> None:
    values = np.arange(100.0)
    assert WinsoriseClamp(lowest=0.29, highest=0).fit(values).lo == 28


def test_a_clamped_value_is_one_that_was_measured() -> None:
    found = WinsoriseClamp(lowest=0.05, highest=0.05).fit(np.arange(1.0, 101))
    assert (found.lo, found.hi) == (6, 95)


def test_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="less than"):
        WinsoriseClamp(lowest=0.5)
