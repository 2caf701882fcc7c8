import numpy as np
import pytest
from scipy.stats import norm

from clipviz.analysis.lab import values


def test_a_gaussian_has_its_moments_and_its_quantiles() -> None:
    found = values.gaussian(1.0, 2.0)
    assert found.mean() == pytest.approx(1.0)
    assert found.std() == pytest.approx(2.0, rel=2e-3)
    shares = (np.arange(len(found)) + 0.5) / len(found)
    np.testing.assert_allclose(found, norm.ppf(shares, 1.0, 2.0), rtol=1e-9)


def test_representative_values_keep_the_extremes_and_the_middle() -> None:
    ascending = np.sort(np.random.default_rng(0).standard_t(2, 50_000))
    found = values.representative(ascending)
    assert len(found) == values.COUNT
    assert (found[0], found[-1]) == (ascending[0], ascending[-1])
    assert np.median(found) == pytest.approx(np.median(ascending), abs=1e-3)
    np.testing.assert_array_equal(values.representative(ascending[:5]), ascending[:5])


@pytest.mark.parametrize("column", [[], [3.0], [2.0, 2.0]])
def test_a_column_without_spread_is_centred(column: list[float]) -> None:
    found = values.standardised(np.array(column), np.array(column))
    assert (found == 0).all() and len(found) == len(column)


def test_standardised_by_the_column_not_by_its_representatives() -> None:
    column = np.sort(np.random.default_rng(0).standard_t(2, 50_000))
    found = values.standardised(values.representative(column), column)
    assert found[-1] == pytest.approx((column[-1] - column.mean()) / column.std())


def test_an_axis_reaches_over_nearly_all_values() -> None:
    assert values.reach(np.linspace(-100, 50, 1001)) == pytest.approx(98.5, abs=1)
    assert values.reach(np.zeros(5)) == values.reach(np.zeros(0)) == 1.0


def test_histograms_share_edges_and_count_everything() -> None:
    before = np.array([-9.0, -1, 0, 1, 9])
    first, second = values.histograms(before, before.clip(-1, 1), -2, 2)
    assert first.edges == second.edges
    assert (first.below, sum(first.counts), first.above) == (1, 3, 1)
    assert sum(second.counts) == 5
