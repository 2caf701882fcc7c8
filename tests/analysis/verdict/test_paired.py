import math

import numpy as np
import pytest
from scipy import stats

from clipviz.analysis.verdict.paired import interval, paired, unbiased

D = np.array([0.8, 0.3, 0.5, -0.1, 0.6])


def test_the_vector_of_the_reference() -> None:
    found = paired(D, np.zeros(5))
    assert (found.n, round(found.mean, 4), round(found.sd, 7)) == (5, 0.42, 0.3420526)
    assert found.p == pytest.approx(0.0516, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(-0.0047, abs=5e-5), pytest.approx(0.8447, abs=5e-5))
    assert found.d_z == pytest.approx(1.2279, abs=5e-5)
    assert found.hedges_g == pytest.approx(0.9797, abs=5e-5), (
        "the exact factor, not .9823 of the approximate one"
    )


def test_it_agrees_with_scipy_and_statsmodels() -> None:
    from statsmodels.stats.weightstats import DescrStatsW

    generator = np.random.default_rng(0)
    a, b = generator.normal(1, 2, 12), generator.normal(0, 1, 12)
    found, judge = paired(a, b), stats.ttest_rel(a, b)
    assert found.p == pytest.approx(judge.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(judge.confidence_interval()))
    assert (found.low, found.high) == pytest.approx(DescrStatsW(a - b).tconfint_mean())
    assert found.rho == pytest.approx(stats.pearsonr(a, b).statistic)


def test_the_exact_factor_is_the_ratio_of_gammas_and_tends_to_one() -> None:
    assert unbiased(4) == pytest.approx(math.gamma(2) / (math.sqrt(2) * math.gamma(1.5)))
    assert unbiased(10_000) == pytest.approx(1, abs=1e-4)


def test_the_intervals_cover_what_they_say() -> None:
    generator = np.random.default_rng(1)
    for n in (3, 5, 10):
        low, high = interval(generator.normal(0.3, 2.0, (40_000, n)))
        assert np.mean((low <= 0.3) & (high >= 0.3)) == pytest.approx(0.95, abs=0.01)


def test_the_percentile_bootstrap_of_five_would_have_claimed_a_difference() -> None:
    many = D[np.random.default_rng(0).integers(0, 5, (20_000, 5))].mean(axis=1)
    assert np.quantile(many, 0.025) == pytest.approx(0.14, abs=0.03)
    assert paired(D, np.zeros(5)).low < 0 < np.quantile(many, 0.025)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_pairs_say_nothing_rather_than_something_wrong(n: int) -> None:
    found = paired(np.arange(n, dtype=float), np.zeros(n))
    assert found.n == n and math.isnan(found.hedges_g)
    assert n == 2 or (found.low, found.high) == (-math.inf, math.inf)


def test_pairs_that_are_equal_are_certainly_equal() -> None:
    same = paired(D, D)
    assert (same.mean, same.low, same.high, same.p) == (0, 0, 0, 1)
    assert math.isnan(same.d_z)


def test_a_shift_that_is_the_same_at_every_seed_has_no_effect_size_but_for_rounding() -> None:
    a = np.random.default_rng(0).normal(size=9)
    found = paired(a + 0.3, a)
    assert np.std((a + 0.3) - a) > 0 and found.sd == 0
    assert np.isnan(found.d_z) and np.isnan(found.hedges_g) and found.p == 0
