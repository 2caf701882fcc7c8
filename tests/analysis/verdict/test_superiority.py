import math

import numpy as np
import pytest
from scipy import stats

from clipviz.analysis.verdict.superiority import all_pairs_superiority, paired_superiority


def test_paired_counts_seeds_and_all_pairs_counts_every_pair() -> None:
    a, b = np.array([1.0, 3.0, 5.0]), np.array([0.0, 4.0, 5.0])
    assert paired_superiority(a, b) == pytest.approx(0.5)
    assert all_pairs_superiority(a, b) == pytest.approx((1 + 1 + 2.5) / 9)


def test_all_pairs_is_the_u_statistic() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=8).round(1), generator.normal(size=6).round(1)
    assert all_pairs_superiority(a, b) == pytest.approx(stats.mannwhitneyu(a, b).statistic / 48)


def test_a_diverged_run_loses_and_two_tie() -> None:
    worst = -math.inf
    assert paired_superiority(np.array([worst, worst]), np.array([1.0, worst])) == 0.25
    assert math.isnan(paired_superiority(np.zeros(0), np.zeros(0)))
