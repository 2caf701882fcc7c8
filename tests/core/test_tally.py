import numpy as np
import pytest

from clipviz.core.tally import Tally


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_percentiles_are_off_by_less_than_two_percent(share: float) -> None:
    values = np.random.default_rng(0).lognormal(0, 3, 20_000).astype(np.float32)
    tally = Tally()
    for block in np.array_split(values, 7):
        tally.add(block)
    assert tally.percentile(share) == pytest.approx(np.quantile(values, share), rel=0.021)
    assert tally.largest == values.max()


def test_equal_values_come_back_exactly() -> None:
    tally = Tally()
    tally.add(np.full(1000, 0.7))
    assert tally.percentile(0.5) == pytest.approx(0.7, rel=1e-12)


def test_zeros_count_and_what_is_not_finite_does_not() -> None:
    tally = Tally()
    tally.add(np.array([0.0, 0.0, 0.0, 5.0, np.nan, np.inf]))
    assert (tally.count, tally.percentile(0.5), tally.largest) == (4, 0.0, 5.0)


def test_of_nothing_there_is_no_percentile() -> None:
    assert Tally().percentile(0.5) is None
