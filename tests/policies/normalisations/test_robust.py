"""Median 0, interquartile range 1."""

import statistics

import numpy as np
import pytest
from sklearn.preprocessing import RobustScaler

from clipviz.policies.normalisations.robust import Robust


def twin(policy: Robust, values: np.ndarray) -> np.ndarray:
    first, middle, third = statistics.quantiles(values, n=4, method="inclusive")
    return np.array([(value - middle) / (third - first) for value in values])


def test_it_is_sklearns() -> None:
    values = np.random.default_rng(0).standard_t(2, size=200)
    found = Robust().fit(values)
    theirs = RobustScaler().fit_transform(values[:, None])[:, 0]
    np.testing.assert_allclose((values - found.centre) / found.scale, theirs)


def test_half_of_one_value_falls_back_to_the_deviation_and_says_so() -> None:
    values = np.array([0.0] * 90 + [5.0] * 10)
    found = Robust().fit(values)
    assert found.scale == pytest.approx(values.std()) and "IQR = 0" in found.note
