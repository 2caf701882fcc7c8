"""Mean 0, deviation 1."""

import statistics

import numpy as np
import pytest
from scipy import stats

from clipviz.policies.normalisations.z_score import ZScore


def twin(policy: ZScore, values: np.ndarray) -> np.ndarray:
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    return np.array([(value - mean) / deviation for value in values])


def test_it_is_scipys() -> None:
    values = np.random.default_rng(0).lognormal(size=200)
    found = ZScore().fit(values)
    np.testing.assert_allclose((values - found.centre) / found.scale, stats.zscore(values))


def test_a_small_spread_at_a_large_offset_is_kept() -> None:
    assert ZScore().fit(1e15 + np.arange(4.0)).scale == pytest.approx(np.sqrt(1.25))
