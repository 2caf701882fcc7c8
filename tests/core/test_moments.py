"""Moments against exact fractions, wherever on the line the values lie."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipviz.core.moments import moments

OFFSETS = [(1e15, 1, 10), (9007199254740000, 1, 10), (1.7e18, 256, 4), (1e12, 1, 4), (1.7e9, 0.5, 7)]


def exactly(values: np.ndarray) -> tuple[float, float, float, float]:
    """The slow twin: fractions, rounded at the very end."""
    given = [Fraction(value) for value in values.tolist()]
    mean = sum(given) / len(given)
    second, third, fourth = (sum((v - mean) ** power for v in given) / len(given) for power in (2, 3, 4))
    spread = float(second) ** 0.5
    return float(mean), spread, float(third) / spread**3, float(fourth) / spread**4 - 3


@pytest.mark.parametrize(("offset", "step", "values"), OFFSETS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_small_spread_at_a_large_offset(offset: float, step: float, values: int, sign: int) -> None:
    column = sign * (offset + step * (np.arange(203) % values))
    assert tuple(moments(column)) == pytest.approx(exactly(column), rel=1e-12)


@pytest.mark.parametrize("exponent", [-1060, -500, 500, 1020])
def test_every_scale(exponent: int) -> None:
    plain = np.random.default_rng(0).lognormal(size=300).astype(np.float32).astype(np.float64)
    scaled = moments(np.ldexp(plain, exponent - 3))
    assert scaled.std == pytest.approx(float(np.ldexp(plain.std(), exponent - 3)), rel=1e-3)
    assert scaled.mean == pytest.approx(float(np.ldexp(plain.mean(), exponent - 3)), rel=1e-3)
    assert scaled.skewness == pytest.approx(moments(plain).skewness, rel=1e-3)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_whatever_is_finite_has_moments(values: list[float]) -> None:
    column = np.array(values)
    found = moments(column)
    assert np.isfinite([found.mean, found.std]).all()
    assert (found.std == 0) == (min(values) == max(values)) == bool(np.isnan(found.kurtosis))
    assert np.isnan(found.kurtosis) or found.kurtosis >= -2.001
