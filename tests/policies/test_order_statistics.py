"""Ranks against the binomial of scipy, and against what they promise."""

import numpy as np
import pytest
from scipy import stats

from clipviz.policies.order_statistics import ranks, rows_needed

SHARES = (0.001, 0.01, 0.05, 0.3, 0.5, 0.9, 0.99, 0.999)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("rows", [1, 2, 7, 40, 300, 368, 5_000, 10_000_000])
def test_the_ranks_are_the_tightest_that_keep_both_ends(rows: int, share: float) -> None:
    """Slow twin: the lower end is wrong with the chance of fewer than l values below, the upper one of u or more."""
    low, high = ranks(rows, share)
    count = stats.binom(rows, share)
    if low is not None:
        assert count.cdf(low - 1) <= 0.025 < count.cdf(low)
    else:
        assert count.cdf(0) > 0.025
    if high is not None:
        assert count.sf(high - 1) <= 0.025 < count.sf(high - 2)
    else:
        assert count.sf(rows - 1) > 0.025
    needed = rows_needed(share)
    assert needed is not None and (rows >= needed) == (low is not None and high is not None)


def test_the_ends_of_the_range_are_open_outwards() -> None:
    assert ranks(50, 0.0) == (None, 1) and ranks(50, 1.0) == (50, None)
    assert rows_needed(0.0) is None and rows_needed(1.0) is None


def test_both_tails_are_mirror_images() -> None:
    for rows in (30, 400):
        low, high = ranks(rows, 0.05)
        other = ranks(rows, 0.95)
        assert other == tuple(None if each is None else rows + 1 - each for each in (high, low))
    assert np.array_equal(ranks(10_000, 0.5), (4902, 5099))
