import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clipviz.analysis import clamping
from clipviz.core.bounds import Bounds
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature, Table

VALUES = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100, np.nan, np.inf])


def small_table() -> Table:
    inputs = np.column_stack([VALUES, np.arange(12.0) % 2])
    rows = np.arange(12)
    return Table(
        features=(Feature("x"), Feature("colour", ("red", "blue"))),
        inputs=inputs,
        target=np.arange(12.0),
        target_name="y",
        task="regression",
        classes=(),
        train=rows,
        validation=rows[:0],
        test=rows[:0],
        source_rows=rows,
    )


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e6),
)
def test_touched_values_are_exactly_those_that_move(values: list[float], lo: float, width: float) -> None:
    array, bounds = np.array(values), Bounds(lo, lo + width)
    done = clamping.effect(array, bounds)
    assert done.below + done.above == (bounds.clamp(array) != array).sum()
    assert done.values == len(values)


def test_infinities_are_touched_by_a_closed_side_and_nan_never() -> None:
    done = clamping.effect(VALUES, Bounds(hi=10.0))
    assert (done.below, done.above, done.values) == (0, 2, 10)
    assert clamping.effect(VALUES, Bounds()).above == 0


def test_moments_agree_with_scipy() -> None:
    values = np.random.default_rng(0).lognormal(size=500)
    found = clamping.moments(values)
    assert found.std == pytest.approx(values.std(ddof=1))
    assert found.skewness == pytest.approx(stats.skew(values))
    assert found.kurtosis == pytest.approx(stats.kurtosis(values))


@pytest.mark.parametrize(("offset", "step"), [(1e15, 1), (9007199254740000, 1), (1.7e18, 256), (1e12, 1)])
def test_moments_of_a_small_spread_at_a_large_offset(offset: float, step: int) -> None:
    away = np.arange(200) % 10
    found = clamping.moments(offset + step * away)
    assert found.std == pytest.approx(step * away.std(ddof=1))
    assert found.kurtosis == pytest.approx(stats.kurtosis(away))


def test_moments_of_huge_and_of_constant_values() -> None:
    assert clamping.moments(np.array([1e300, -1e300, 1e300])).std == pytest.approx(2 / 3**0.5 * 1e300)
    assert clamping.moments(np.full(5, 3.0)).std == 0.0
    assert np.isnan(clamping.moments(np.array([])).mean)


def test_every_value_is_in_the_histogram() -> None:
    for edges in (clamping.whole_range(VALUES), clamping.central_range(VALUES)):
        found = clamping.histogram(VALUES, edges)
        outside = (
            found.below + found.above + found.missing + found.positive_infinite + found.negative_infinite
        )
        assert sum(found.counts) + outside == len(VALUES)
    assert clamping.histogram(VALUES, clamping.whole_range(VALUES)).above == 0


def test_ranges_of_columns_without_a_spread() -> None:
    for values in (np.array([]), np.array([np.nan, np.inf]), np.full(4, 7.0), np.zeros(3)):
        for edges in (clamping.whole_range(values), clamping.central_range(values)):
            assert (np.diff(edges) > 0).all()


def test_bounds_come_from_training_rows_only() -> None:
    table = small_table()
    fewer = Table(**{**table.__dict__, "train": np.arange(9), "test": np.arange(9, 12)})
    choice = Choice.of("quantile", lower=0.0, upper=1.0)
    before = clamping.fit(fewer, "x", choice)
    fewer.inputs[9:, 0] = -1e9
    assert clamping.fit(fewer, "x", choice) == before == Bounds(1.0, 9.0, before.note)


def test_each_touched_row_counts_once_and_the_farthest_come_first() -> None:
    table = small_table()
    inputs = Inputs(default=Choice.of("fixed", lo=2.0, hi=8.5))
    assert clamping.numeric_columns(table) == ["x"]
    assert clamping.rows_touched(table, inputs) == 4
    assert clamping.extreme_rows(table, "x", 2).tolist() == [11, 9]


def test_rows_of_any_part_are_counted_with_the_bounds_of_the_training_rows() -> None:
    table = small_table()
    parts = Table(**{**table.__dict__, "train": np.arange(9), "test": np.arange(9, 12)})
    inputs = Inputs(default=Choice.of("quantile", lower=0.0, upper=1.0))
    assert clamping.rows_touched(parts, inputs) == 0
    assert clamping.rows_touched(parts, inputs, parts.test) == 2


def test_a_clamp_that_erases_or_reshapes_a_column_is_told() -> None:
    values = np.arange(10.0)
    assert "constant" in clamping.harm(clamping.effect(values, Bounds(60, 200)))
    assert "more than half" in clamping.harm(clamping.effect(values, Bounds(0, 3)))
    assert clamping.harm(clamping.effect(values, Bounds(1, 8))) == ""
    assert clamping.harm(clamping.effect(np.full(5, 2.0), Bounds())) == ""


def test_far_targets_are_counted_on_training_rows() -> None:
    table = small_table()
    far = Table(**{**table.__dict__, "target": np.where(np.arange(12) == 4, 1e6, np.arange(12.0))})
    assert clamping.target_tails(far) == 1
    assert clamping.target_tails(table) == 0
    assert clamping.target_tails(Table(**{**far.__dict__, "task": "classification"})) == 0


def test_a_bound_drawn_by_hand_has_no_more_digits_than_the_hand() -> None:
    assert clamping.rounded(22.728564929444968, 100.0) == 22.7
    assert clamping.rounded(0.00012345678, 0.01) == 0.00012
    assert clamping.rounded(123456.7, 1e6) == 123000.0
    assert clamping.rounded(5.5, 0.0) == 5.5
