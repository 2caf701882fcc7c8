"""Quantiles."""

import numpy as np
import pytest

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies.inputs.quantile import QuantileClamp


def twin(policy: QuantileClamp, values: np.ndarray) -> np.ndarray:
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below, above = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
        return float(below + (place - int(place)) * (above - below))

    return np.array([min(max(value, at(policy.lower)), at(policy.upper)) for value in values])


X10 = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])


def test_the_reference_numbers() -> None:
    found = QuantileClamp(lower=0.05, upper=0.95).fit(X10)
    assert (found.lo, found.hi) == pytest.approx((1.45, 59.05))


def test_it_touches_the_share_that_it_says() -> None:
    values = np.random.default_rng(0).normal(size=10_000)
    found = QuantileClamp().fit(values)
    assert np.mean(values > found.hi) == pytest.approx(0.01, abs=1e-4)
    assert np.mean(values < found.lo) == pytest.approx(0.01, abs=1e-4)


def test_a_column_of_nearly_all_zeros_is_left_open() -> None:
    found = QuantileClamp().fit(np.array([0.0] * 999 + [5.0]))
    assert found.hi == np.inf and "left open" in found.note


def test_the_quantiles_must_be_in_order() -> None:
    with pytest.raises(InvalidRecipe, match=r"lower quantile \(lower\) must be below the upper one"):
        build("clipviz.policies.inputs", Choice.of("quantile", lower=0.6, upper=0.5))


def test_a_huge_sentinel_does_not_make_small_values_the_same() -> None:
    values = np.append(1e-20 * np.arange(1.0, 200), np.finfo(float).max)
    bounds = QuantileClamp(lower=0.01, upper=0.9).fit(values)
    assert not bounds.note
    assert (bounds.lo, bounds.hi) == pytest.approx(tuple(np.quantile(values, [0.01, 0.9])))
