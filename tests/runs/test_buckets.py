"""Buckets: bounded, and every extreme stays at its own step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clipviz.runs.buckets import Buckets, significant

lengths = st.lists(st.integers(1, 40), min_size=1, max_size=12)


def told(buckets: Buckets, pieces: list[int], seed: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Append pieces of random rows, a few of them not finite; returns all that was said."""
    total = sum(pieces)
    random = np.random.default_rng(seed)
    values = random.normal(size=(total, len(buckets.names))).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    values[random.random(values.shape) < 0.02] = np.inf
    steps = 7 + 3 * np.arange(total, dtype=np.int64)
    for stop, length in zip(np.cumsum(pieces), pieces, strict=True):
        buckets.append(steps[stop - length : stop], values[stop - length : stop])
    return steps, values


@given(lengths, st.integers(0, 100))
def test_extremes_are_those_of_the_rows(pieces: list[int], seed: int) -> None:
    buckets = Buckets(("a", "b"), limit=16)
    steps, values = told(buckets, pieces, seed)
    assert buckets.count <= 16
    assert buckets.rows == len(steps)
    for bucket in range(buckets.count):
        rows = slice(bucket * buckets.stride, (bucket + 1) * buckets.stride)
        assert buckets.first[bucket] == steps[rows][0]
        for column in range(2):
            held = values[rows, column]
            finite = held[np.isfinite(held)]
            if len(finite) == 0:
                assert np.isinf(buckets.low[bucket, column])
                continue
            assert buckets.low[bucket, column] == finite.min()
            assert buckets.high[bucket, column] == finite.max()
            assert held[steps[rows] == buckets.low_at[bucket, column]][0] == finite.min()
            assert held[steps[rows] == buckets.high_at[bucket, column]][0] == finite.max()


@given(lengths)
def test_how_rows_arrive_does_not_matter(pieces: list[int]) -> None:
    one, many = Buckets(("a",), limit=8), Buckets(("a",), limit=8)
    told(one, [sum(pieces)])
    told(many, pieces)
    assert one.stride == many.stride
    assert one.points() == many.points()


@given(lengths, st.integers(0, 20))
def test_points_ascend_and_a_tail_is_the_end_of_the_whole(pieces: list[int], start: int) -> None:
    buckets = Buckets(("a",), limit=32)
    told(buckets, pieces)
    x, y = buckets.points().get("a", ([], []))
    assert x == sorted(set(x))
    assert len(x) == len(y) <= 2 * buckets.count
    if start < buckets.count:
        tail = buckets.points(start).get("a", ([], []))
        keep = [step >= buckets.first[start] for step in x]
        assert tail[0] == [step for step, kept in zip(x, keep, strict=True) if kept]


def test_single_spike_among_a_million_rows_is_drawn_at_its_step() -> None:
    buckets = Buckets(("norm",))
    values = np.ones((1_000_000, 1), np.float32)
    values[654_321] = 40
    buckets.append(np.arange(1_000_000), values)
    x, y = buckets.points()["norm"]
    assert len(x) <= 2048
    assert y[x.index(654_321)] == 40


def test_series_that_is_seldom_measured_has_only_its_own_points() -> None:
    buckets = Buckets(("often", "seldom"))
    values = np.ones((100, 2), np.float32)
    values[1:, 1] = np.nan
    buckets.append(np.arange(100), values)
    assert len(buckets.points()["often"][0]) == 100
    assert buckets.points()["seldom"] == ([0], [1.0])


def test_series_without_a_finite_value_has_no_points() -> None:
    buckets = Buckets(("a",))
    buckets.append(np.arange(3), np.full((3, 1), np.nan, np.float32))
    assert buckets.points() == {}


@pytest.mark.parametrize("value", [0.0, 0.3, -123456.789, 1e-30, 3e38, -1e-45])
def test_rounding_keeps_six_digits(value: float) -> None:
    rounded = significant(np.array([value], np.float32))[0]
    assert rounded == pytest.approx(np.float32(value), rel=5e-6, abs=1e-44)


def test_rounded_numbers_print_short() -> None:
    assert str(significant(np.array([0.1, 1 / 3, 1e-5], np.float32)).tolist()) == "[0.1, 0.333333, 1e-05]"
