"""scipy is the judge."""

import numpy as np
import pytest
from scipy import stats

from clipviz.analysis.ranks import class_shares, rank_sum, rank_trend


@pytest.mark.parametrize("shift", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("ties", [False, True])
def test_rank_sum_of_many_is_that_of_scipy(shift, ties):
    draw = np.random.default_rng(int(10 * shift))
    one, other = draw.normal(shift, 1, 50), draw.normal(0, 2, 80)
    if ties:
        one, other = one.round(), other.round()
    found, expected = rank_sum(one, other), stats.mannwhitneyu(one, other, method="asymptotic")
    assert found.size == pytest.approx(expected.statistic / (50 * 80))
    assert found.p == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("shift", [0.0, 1.0, 3.0])
def test_rank_sum_of_few_is_the_exact_one(shift):
    draw = np.random.default_rng(4)
    one, other = draw.normal(shift, 1, 6), draw.normal(0, 1, 9)
    found, expected = rank_sum(one, other), stats.mannwhitneyu(one, other, method="exact")
    assert found.p == pytest.approx(expected.pvalue, abs=0.03)
    assert rank_sum(one, other) == found


def test_rank_sum_does_not_see_units_and_is_symmetric():
    draw = np.random.default_rng(5)
    for sizes in ((7, 20), (60, 50)):
        one, other = draw.normal(1, 1, sizes[0]), draw.normal(0, 1, sizes[1])
        found, scaled = rank_sum(one, other), rank_sum(np.exp(3 * one), np.exp(3 * other))
        assert found == scaled
        back = rank_sum(other, one)
        assert back.size == pytest.approx(1 - found.size)
        assert back.p == pytest.approx(found.p, abs=0.03)


def test_all_the_same_is_no_difference():
    same = np.ones(40)
    assert (rank_sum(same, same).size, rank_sum(same, same).p) == (0.5, 1.0)
    assert rank_sum(same[:3], same[:4]).p == 1.0
    assert rank_trend(same, np.arange(40.0)) == (0.0, 1.0)
    assert class_shares(np.zeros(9, dtype=int), np.zeros(5, dtype=int)).p == 1.0


@pytest.mark.parametrize(("count", "slope"), [(12, 0.0), (12, 2.0), (200, 0.0), (200, 0.2)])
def test_rank_trend_is_that_of_scipy(count, slope):
    draw = np.random.default_rng(count)
    values = draw.lognormal(size=count)
    target = slope * values + draw.normal(size=count)
    size, p = rank_trend(values, target)
    expected = stats.spearmanr(values, target)
    assert size == pytest.approx(expected.statistic)
    assert p == pytest.approx(expected.pvalue, abs=0.03)


def test_class_shares_are_judged_as_by_chi_square():
    draw = np.random.default_rng(7)
    for weights in ([0.3, 0.3, 0.4], [0.1, 0.3, 0.6]):
        one = draw.choice(3, 90, p=weights)
        other = draw.choice(3, 150, p=[0.3, 0.3, 0.4])
        counts = np.array([np.bincount(one, minlength=3), np.bincount(other, minlength=3)])
        found, expected = class_shares(one, other), stats.chi2_contingency(counts, correction=False)
        assert found.size == pytest.approx(stats.contingency.association(counts, method="cramer"))
        assert found.p == pytest.approx(expected.pvalue, abs=0.03)
