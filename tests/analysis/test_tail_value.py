"""Tails made on purpose: signal, errors, turns and nothing are told apart; the rows are those of a scan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.analysis.column import TrainingColumn
from clipviz.analysis.tail_value import MOST, Stretches, TailValue, stretches, tail_values
from clipviz.core.bounds import Bounds
from clipviz.core.table import Feature
from tests.training.conftest import regression


def column_of(values: np.ndarray, target: np.ndarray) -> TrainingColumn:
    rows = np.arange(len(values))
    table = regression(
        rows=len(values), columns=1, features=(Feature("x"),), inputs=values[:, None], target=target,
        train=rows,
        validation=rows[:0], test=rows[:0],
    )  # fmt: skip
    return TrainingColumn(table, "x")


def judged(
    values: np.ndarray, target: np.ndarray, bounds: Bounds, classes: bool = False
) -> tuple[Stretches, tuple[TailValue, ...]]:
    cut = stretches(column_of(values, target), bounds)
    return cut, tail_values(cut, classes)


def draw(rows: int = 900) -> tuple[np.random.Generator, np.ndarray]:
    generator = np.random.default_rng(11)
    return generator, generator.normal(size=rows)


def test_a_target_that_follows_the_tail_is_a_signal() -> None:
    generator, _ = draw()
    values = generator.lognormal(size=900)
    _, [upper] = judged(values, 3 * values + generator.normal(size=900), Bounds(hi=4.0))
    assert (upper.side, upper.verdict) == ("upper", "signal")
    assert upper.trend[0] > 0.5
    assert upper.level.size > 0.7


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_broken_readings_are_errors(sign: float) -> None:
    generator, truth = draw()
    target = sign * 4 * truth + generator.normal(size=900)
    values = truth.copy()
    values[:20] = 60 + generator.uniform(0, 90, 20)
    values[20:40] = -values[:20]
    _, [lower, upper] = judged(values, target, Bounds(-6.0, 6.0))
    assert (lower.verdict, upper.verdict) == ("error", "error")
    assert (lower.rows, upper.rows) == (20, 20)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_broken_readings_beyond_the_last_true_ones_are_no_signal(sign: float) -> None:
    """The target changes beyond the bound, from what the true rows there lead to back to what it is anywhere."""
    generator, truth = draw(5000)
    target = sign * 2 * truth + generator.normal(size=5000)
    values = truth.copy()
    values[:125] = 20 + generator.normal(size=125)
    _, [upper] = judged(values, target, Bounds(hi=float(np.quantile(values, 0.97))))
    assert sign * upper.trend[0] < 0 and upper.trend[1] < 0.001
    assert upper.verdict in ("error", "turns")


def test_a_target_that_turns_around_is_told() -> None:
    generator, values = draw()
    target = np.where(values > 1.5, -20.0, values) + 0.1 * generator.normal(size=900)
    _, [upper] = judged(values, target, Bounds(hi=1.5))
    assert upper.verdict == "turns"


def test_a_column_without_meaning_shows_no_difference() -> None:
    generator, values = draw()
    _, found = judged(values, generator.normal(size=900), Bounds(-2, 2))
    assert [each.verdict for each in found] == ["no difference", "no difference"]


def test_two_rows_are_too_few() -> None:
    _, values = draw()
    values[:2] = 50
    _, [upper] = judged(values, values.copy(), Bounds(hi=10.0))
    assert (upper.verdict, upper.rows) == ("too few", 2)


def test_classes_are_judged_by_their_shares() -> None:
    generator, truth = draw()
    target = (truth + 0.3 * generator.normal(size=900) > 0).astype(float)
    values = truth.copy()
    values[:25] = 80.0 + np.arange(25)
    _, [upper] = judged(values, target, Bounds(hi=10.0), classes=True)
    assert upper.verdict == "error"
    assert np.isnan(upper.medians).all()
    rare = np.where(values > 10, 2.0, target)
    _, [upper] = judged(values, rare, Bounds(hi=10.0), classes=True)
    assert upper.verdict == "signal"


elements = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf]))


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, 120, elements=elements), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_every_row_is_where_a_scan_finds_it(values: np.ndarray, lo: float, width: float) -> None:
    bounds = Bounds(lo, lo + width)
    cut, found = judged(values, np.arange(120.0), bounds)
    below, above = values < bounds.lo, values > bounds.hi
    inside = np.isfinite(values) & ~below & ~above
    assert (cut.lower.rows, cut.inside.rows, cut.upper.rows) == (below.sum(), inside.sum(), above.sum())
    for stretch, there in ((cut.lower, below), (cut.inside, inside), (cut.upper, above)):
        assert set(stretch.target.astype(int)) == set(np.flatnonzero(there))
        assert (np.diff(stretch.values[np.isfinite(stretch.values)]) >= 0).all()
    if below.any() and inside.any():
        taken = values[inside] <= cut.beside_lower.values.max()
        assert cut.beside_lower.rows == taken.sum()
    assert all(0 < each.level.p <= 1 for each in found)


def test_of_many_rows_evenly_spread_ones_are_looked_at() -> None:
    values = np.arange(50_000.0)
    cut, [upper] = judged(values, values, Bounds(hi=29_999.0))
    assert (cut.upper.rows, len(cut.upper.values), upper.rows) == (20_000, MOST, 20_000)
    assert cut.upper.values[[0, -1]].tolist() == [30_000.0, 49_999.0]
    assert cut.inside.rows == 30_000


def test_nothing_is_next_to_an_open_side_infinities_neither() -> None:
    values = np.array([*np.arange(50.0), np.inf, -np.inf])
    cut, found = judged(values, values, Bounds())
    assert found == ()
    assert (cut.beside_lower.rows, cut.beside_upper.rows, cut.inside.rows) == (0, 0, 50)


def test_with_bounds_for_groups_each_row_is_judged_by_its_own() -> None:
    generator = np.random.default_rng(12)
    codes = np.arange(400) % 2
    values = generator.normal(size=400) + 100 * codes
    table = regression(
        rows=400, columns=2, features=(Feature("x"), Feature("kind", ("a", "b"))), train=np.arange(400),
        inputs=np.column_stack([values, codes]), target=values,
    )  # fmt: skip
    groups = Bounds(-1e9, 1e9, by="kind", groups=((-9.0, 1.5), (-9.0, 101.5)))
    cut = stretches(TrainingColumn(table, "x"), groups)
    own = values - 100 * codes
    assert set(cut.upper.target) == set(values[own > 1.5])
    assert cut.lower.rows == 0
    assert cut.inside.rows == (own <= 1.5).sum()
    nearest = np.sort(1.5 - own[own <= 1.5])[: cut.beside_upper.rows]
    assert set(cut.beside_upper.target) == set(values[(own <= 1.5) & (1.5 - own <= nearest[-1])])


def test_bounds_that_all_groups_share_give_the_same_stretches() -> None:
    values = np.random.default_rng(13).permutation(np.arange(300.0))
    table = regression(
        rows=300, columns=2, features=(Feature("x"), Feature("kind", ("a",))), train=np.arange(300),
        inputs=np.column_stack([values, np.zeros(300)]), target=values,
    )  # fmt: skip
    column = TrainingColumn(table, "x")
    one = stretches(column, Bounds(12.0, 250.0))
    other = stretches(column, Bounds(12.0, 250.0, by="kind", groups=((12.0, 250.0),)))
    for name in ("lower", "beside_lower", "inside", "beside_upper", "upper"):
        np.testing.assert_array_equal(getattr(one, name).values, getattr(other, name).values)
        assert getattr(one, name).rows == getattr(other, name).rows
