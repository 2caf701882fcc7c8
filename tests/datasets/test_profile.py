"""Counts add up, moments agree with plain formulas, nothing overflows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.datasets.profile import histogram, profile, profile_words, quantile, sort_finite, touched

anything = arrays(np.float64, st.integers(0, 200), elements=st.floats(width=64))
finite = arrays(np.float64, st.integers(1, 200), elements=st.floats(allow_nan=False, allow_infinity=False))


@settings(deadline=None, max_examples=150)
@given(anything)
def test_counts_add_up(values):
    known = profile("x", "number", values)
    present = known.count - known.missing - known.positive_infinite - known.negative_infinite
    assert known.count == len(values)
    assert present == np.isfinite(values).sum()
    if present == 0:
        assert known.histogram is None and known.mean is None
        return
    drawn = known.histogram
    assert sum(drawn.counts) + drawn.below + drawn.above == present
    assert present + drawn.positive_infinite + drawn.negative_infinite + drawn.missing == len(values)
    assert len(drawn.edges) == len(drawn.counts) + 1
    assert all(a < b for a, b in zip(drawn.edges, drawn.edges[1:], strict=False))
    for number in (known.minimum, known.maximum, known.mean, known.std, known.mad, *known.quantiles.values()):
        assert np.isfinite(number)
    assert known.minimum <= known.quantiles["0.5"] <= known.maximum
    assert known.std >= 0 and known.mad >= 0


@settings(deadline=None, max_examples=100)
@given(finite, st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_touched_is_exact(values, lo, hi):
    assert touched(sort_finite(values), lo, hi) == ((values < lo).sum(), (values > hi).sum())


@settings(deadline=None, max_examples=100)
@given(finite)
def test_histogram_counts_are_those_of_a_plain_scan(values):
    drawn = histogram(sort_finite(values))
    edges = np.array(drawn.edges)
    last = len(drawn.counts) - 1
    for place, count in enumerate(drawn.counts):
        upper = values <= edges[place + 1] if place == last else values < edges[place + 1]
        assert count == ((values >= edges[place]) & upper).sum()


def test_moments_agree_with_plain_formulas():
    values = np.random.Generator(np.random.PCG64(3)).lognormal(size=2000)
    known = profile("x", "number", values)
    z = (values - values.mean()) / values.std()
    assert known.mean == pytest.approx(values.mean(), rel=1e-12)
    assert known.std == pytest.approx(values.std(), rel=1e-12)
    assert known.skewness == pytest.approx((z**3).mean(), rel=1e-9)
    assert known.kurtosis == pytest.approx((z**4).mean() - 3, rel=1e-9)
    assert known.mad == pytest.approx(np.median(np.abs(values - np.median(values))), rel=1e-12)
    for name, value in known.quantiles.items():
        assert value == pytest.approx(np.quantile(values, float(name)), rel=1e-12)


def test_the_largest_numbers_do_not_overflow():
    values = np.array([1.7e308, -1.7e308, 1.7e308, 0.0])
    known = profile("x", "number", values)
    assert known.std == pytest.approx(1.7e308 * np.std([1, -1, 1, 0]))
    assert (known.zeros, known.negatives, known.distinct) == (1, 1, 3)


@pytest.mark.parametrize(("offset", "step"), [(1e15, 1), (9007199254740000, 1), (1.7e18, 256), (1e12, 1)])
def test_a_small_spread_at_a_large_offset_is_seen(offset, step):
    away = np.arange(200) % 10
    known = profile("x", "number", offset + step * away)
    assert known.std == pytest.approx(step * away.std())
    assert known.skewness == pytest.approx(0, abs=1e-9)
    assert known.kurtosis == pytest.approx(profile("x", "number", away.astype(float)).kurtosis)


def test_a_constant_column_has_no_shape():
    known = profile("x", "integer", np.full(9, 4.0))
    assert (known.std, known.skewness, known.kurtosis, known.mad) == (0.0, None, None, 0.0)
    assert sum(known.histogram.counts) == 9


def test_few_whole_numbers_get_a_bin_each():
    drawn = histogram(np.array([0.0, 0.0, 1.0, 3.0]))
    assert drawn.counts == (2, 1, 0, 1)
    assert drawn.edges == (-0.5, 0.5, 1.5, 2.5, 3.5)


def test_heavy_tails_go_to_the_overflow_bins_and_the_middle_stays_visible():
    middle = np.random.Generator(np.random.PCG64(4)).normal(size=5000)
    drawn = histogram(np.sort(np.append(middle, [1e9, -1e9, 2e9])))
    assert (drawn.below, drawn.above) >= (1, 2)
    assert drawn.edges[-1] - drawn.edges[0] < 20
    assert max(drawn.counts) < 1000


def test_quantile_of_one_value():
    assert quantile(np.array([5.0]), 0.99) == 5.0


def test_words():
    known = profile_words("x", "category", 5, 1, 2, [("a", 3), ("b", 1)])
    assert known.levels == (("a", 3), ("b", 1)) and known.histogram is None
