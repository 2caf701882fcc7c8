"""Robust moments."""

import numpy as np
import pytest

from clipviz.training.numbers import moments


@pytest.mark.parametrize("exponent", [-1000, 0, 1000])
def test_any_scale(exponent: int) -> None:
    values = np.random.default_rng(0).normal(size=100)
    mean, deviation = moments(np.ldexp(values, exponent))
    assert mean == pytest.approx(np.ldexp(values.mean(), exponent))
    assert deviation == pytest.approx(np.ldexp(values.std(), exponent))


def test_no_spread_gives_one() -> None:
    assert moments(np.array([7.0, 7.0])) == (7.0, 1.0)
    assert moments(np.zeros(1)) == (0.0, 1.0)
