"""A sorted column answers like the scan over all values: `clamping` is the slow twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.analysis import clamping, column, sorted_moments
from clipviz.analysis.column import TrainingColumn, rows_touched
from clipviz.core.bounds import Bounds
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature
from tests.training.conftest import classification, regression

values = arrays(
    np.float64,
    140,
    elements=st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf])),
)
sides = st.one_of(st.just(None), st.floats(-1e6, 1e6))


def of(values):
    table = regression(rows=200, columns=1, features=(Feature("x"),))
    table.inputs[table.train, 0] = values
    return table, TrainingColumn(table, "x")


def bounds_of(one, other):
    lo, hi = (-np.inf if one is None else one), (np.inf if other is None else other)
    return Bounds(min(lo, hi), max(lo, hi))


def alike(one, other, scale):
    assert one.mean == pytest.approx(other.mean, rel=1e-9, abs=1e-9 * scale, nan_ok=True)
    assert one.std == pytest.approx(other.std, rel=1e-6, abs=1e-7 * scale, nan_ok=True)


@settings(deadline=None, max_examples=100)
@given(
    values,
    sides,
    sides,
    st.sampled_from([4, 16, 4096]),
    st.sampled_from(["clamp", "missing", "trim", "soft"]),
)
def test_effect_and_histograms_are_those_of_a_scan(values, one, other, block, action):
    _, known = of(values)
    bounds = replace(bounds_of(one, other), action=action, width=100.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_moments, "BLOCK", block)
        found, expected = known.effect(bounds), clamping.effect(values, bounds)
    assert (found.values, found.below, found.above) == (expected.values, expected.below, expected.above)
    finite = values[np.isfinite(values)]
    alike(found.after, expected.after, float(np.abs(finite).max()) if len(finite) else 1.0)
    for edges in (clamping.whole_range(values), clamping.central_range(values, (bounds.lo, bounds.hi))):
        assert known.histogram(edges) == clamping.histogram(values, edges)
        assert known.histogram(edges, bounds) == clamping.histogram(bounds.clamp(values), edges)
    np.testing.assert_allclose(known.whole_range(), clamping.whole_range(values))
    assert rows_touched([(known, bounds)]) == ((values < bounds.lo) | (values > bounds.hi)).sum()


def test_shape_survives_a_clamp_of_very_heavy_tails():
    values = np.random.default_rng(3).standard_cauchy(140) * 1e6
    _, known = of(values)
    bounds = Bounds(-3.0, 5.0)
    found, expected = known.effect(bounds).after, clamping.effect(values, bounds).after
    assert found.skewness == pytest.approx(expected.skewness, rel=1e-6)
    assert found.kurtosis == pytest.approx(expected.kurtosis, rel=1e-6)


def test_shape_survives_a_clamp_to_next_to_nothing():
    """Behind it all lies a millionth of the column's spread apart, far from its middle."""
    ordered = np.sort(np.random.default_rng(0).lognormal(0, 3, 20_000))
    for action in ("clamp", "missing"):
        bounds = Bounds(hi=float(np.quantile(ordered, 0.001)), action=action)
        end = int(np.searchsorted(ordered, bounds.hi, "right"))
        found = sorted_moments.SortedMoments(ordered).after(bounds, 0, end)
        after = bounds.clamp(ordered)
        expected = clamping.moments(after[~np.isnan(after)])
        assert found.std == pytest.approx(expected.std, rel=1e-6)
        assert found.skewness == pytest.approx(expected.skewness, rel=1e-6)
        assert found.kurtosis == pytest.approx(expected.kurtosis, rel=1e-6)


def test_bounds_are_those_that_training_fits():
    table, known = of(np.random.default_rng(0).lognormal(size=140))
    for policy in ("none", "sigma", "quantile", "tukey", "mad"):
        assert known.fit(Choice(id=policy)) == clamping.fit(table, "x", Choice(id=policy))


def test_each_row_counts_once_over_all_columns():
    table = regression(columns=3)
    inputs = Inputs(default=Choice.of("fixed", lo=-0.5, hi=0.5))
    known = [TrainingColumn(table, f"x{place}") for place in range(3)]
    assert rows_touched([(each, each.fit(inputs.default)) for each in known]) == clamping.rows_touched(
        table, inputs
    )
    np.testing.assert_array_equal(known[1].extremes, clamping.extreme_rows(table, "x1"))
    assert rows_touched([]) == rows_touched([(known[0], Bounds())]) == 0


@settings(deadline=None, max_examples=60)
@given(values, sides, sides)
def test_a_table_that_is_sorted_on_disk_is_looked_at_some_rows_at_a_time(values, one, other):
    table, known = of(values)
    sorted_already = replace(table, ordered=(np.sort(values[np.isfinite(values)]),))
    bounds = bounds_of(one, other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column, "FEW_ROWS", 16)
        patch.setattr(column, "LOOK", 16)
        patch.setattr(column, "SCATTERED", 8)
        patch.setattr(sorted_moments, "FEW", 16)
        found = TrainingColumn(sorted_already, "x")
        np.testing.assert_array_equal(found.values, values)
        np.testing.assert_array_equal(found.touched(bounds), known.touched(bounds))
        np.testing.assert_array_equal(found.extremes, known.extremes)
        places = np.random.default_rng(0).permutation(len(values))
        np.testing.assert_array_equal(found.at(places), values[places])
        np.testing.assert_array_equal(found.targets(places), table.target[table.train[places]])
        ranks = np.arange(0, len(found.ordered), 3)
        np.testing.assert_array_equal(found.at_ranks(ranks), known.ordered[ranks])
        assert (found.missing, found.positive) == (known.missing, known.positive)
        assert found.fit(Choice.of("mad")) == known.fit(Choice.of("mad"))
        scale = float(np.abs(known.ordered).max()) if len(known.ordered) else 1.0
        alike(found.effect(Bounds()).before, known.effect(Bounds()).before, scale)


@pytest.mark.parametrize("action", ["clamp", "soft", "missing", "trim"])
def test_bounds_of_groups_are_those_of_each_row(action):
    table = classification()
    choice = Choice.of("quantile", lower=0.1, upper=0.9, by="colour", action=action, shrinkage=5)
    known = TrainingColumn(table, "x0")
    bounds = known.fit(choice)
    done, codes = known.effect(bounds), table.inputs[table.train, 4].astype(int)
    pairs = [bounds.groups[code] if code >= 0 else (bounds.lo, bounds.hi) for code in codes]
    assert done.below == sum(value < pair[0] for value, pair in zip(known.values, pairs, strict=True)) > 0
    assert done.above == sum(value > pair[1] for value, pair in zip(known.values, pairs, strict=True)) > 0
    assert done.action == action
    touched = rows_touched([(known, bounds)])
    assert touched == done.below + done.above == clamping.rows_touched(table, Inputs(columns={"x0": choice}))
    edges = known.whole_range()
    counted = known.histogram(edges, bounds)
    assert sum(counted.counts) + counted.missing == len(table.train)
    assert counted.missing == (touched if action in ("missing", "trim") else 0)
