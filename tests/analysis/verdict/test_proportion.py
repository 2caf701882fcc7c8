import pytest
from scipy import stats

from clipviz.analysis.verdict.proportion import Share, wilson


@pytest.mark.parametrize(("count", "total"), [(0, 10), (1, 10), (5, 7), (10, 10), (1, 1)])
def test_it_agrees_with_scipy_and_statsmodels(count: int, total: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    found = wilson(count, total)
    judge = stats.binomtest(count, total).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((judge.low, judge.high))
    assert (found.low, found.high) == pytest.approx(
        proportion_confint(count, total, method="wilson"), abs=1e-12
    )


def test_none_of_ten_may_still_be_a_quarter() -> None:
    assert wilson(0, 10).high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(0, 0) == Share(0, 0, 0, 1)
