"""Robust moments."""

import numpy as np
import pytest
import torch

from clipviz.training.numbers import moments, standardised


@pytest.mark.parametrize("exponent", [-1000, 0, 1000])
def test_any_scale(exponent: int) -> None:
    values = np.random.default_rng(0).normal(size=100)
    mean, deviation = moments(np.ldexp(values, exponent))
    assert mean == pytest.approx(np.ldexp(values.mean(), exponent))
    assert deviation == pytest.approx(np.ldexp(values.std(), exponent))


def test_no_spread_gives_one() -> None:
    assert moments(np.array([7.0, 7.0])) == (7.0, 1.0)
    assert moments(np.zeros(1)) == (0.0, 1.0)


def test_a_small_spread_at_a_large_offset_is_standardised() -> None:
    for offset, step, count in ((1e15, 1, 10), (9007199254740000, 1, 10), (1.7e18, 256, 4), (1e12, 1, 4)):
        column = offset + step * (np.arange(200) % count)
        mean, scale = moments(column)
        said = standardised(
            *(torch.tensor(numbers, dtype=torch.float64) for numbers in (column, mean, scale))
        )
        assert len(said.unique()) == count, "no two values become one"
        assert said.std(correction=0).item() == pytest.approx(1.0)
        assert abs(said.mean().item()) <= np.spacing(mean) / scale, "the mean is the nearest float64"


def test_huge_values_do_not_overflow() -> None:
    wide = torch.tensor([1.7e308, -1.7e308], dtype=torch.float64)
    said = standardised(wide, wide[1], wide[0])
    assert said.tolist() == [2.0, 0.0]
