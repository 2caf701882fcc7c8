"""Intervals against theory, and against drawing all rows."""

import numpy as np
import pytest
from scipy import stats

from clipviz.analysis import bootstrap
from clipviz.analysis.bootstrap import uncertainty
from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice

SIGMA = Choice.of("sigma", k=2.0)


def of(values: np.ndarray, choice: Choice) -> tuple[Bounds, bootstrap.Uncertainty | None]:
    ordered = np.sort(values)
    bounds = build("clipviz.policies.inputs", choice).fit(ordered)
    return bounds, uncertainty(ordered, choice, bounds)


@pytest.mark.parametrize("rows", [300, 2_000, 40_000])
def test_the_interval_of_a_quantile_is_that_of_its_order_statistics(rows: int) -> None:
    """A quantile lies between the order statistics that a binomial count gives."""
    values = np.sort(np.random.default_rng(rows).normal(size=rows))
    bounds, found = of(values, Choice.of("quantile", lower=0.1, upper=0.9))
    assert found is not None and found.hi is not None
    ranks = stats.binom.ppf([0.025, 0.975], rows, 0.9).astype(int)
    expected = values[ranks]
    assert found.hi[0] <= bounds.hi <= found.hi[1]
    assert found.hi[1] - found.hi[0] == pytest.approx(expected[1] - expected[0], rel=0.35)
    assert found.drawn == min(rows, 2_000)


def test_few_rows_are_less_certain_than_many() -> None:
    values = np.random.default_rng(2).normal(size=4_000)
    width = []
    for rows in (50, 400, 4_000):
        _, found = of(values[:rows], SIGMA)
        assert found is not None and found.hi is not None
        width.append(found.hi[1] - found.hi[0])
    assert width[0] > 1.5 * width[1] > 2 * width[2]


def test_smaller_samples_scaled_agree_with_all_rows_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(3).standard_t(5, 2_000)
    bounds, whole = of(values, SIGMA)
    monkeypatch.setattr(bootstrap, "MOST", 500)
    _, part = of(values, SIGMA)
    assert whole is not None and part is not None and whole.hi is not None and part.hi is not None
    assert part.drawn == 500
    assert part.hi[0] <= bounds.hi <= part.hi[1]
    assert part.hi[1] - part.hi[0] == pytest.approx(whole.hi[1] - whole.hi[0], rel=0.35)


def test_limits_of_ones_own_are_certain_and_open_sides_have_no_interval() -> None:
    values = np.random.default_rng(4).normal(size=100)
    _, found = of(values, Choice.of("fixed", lo=-1.0, hi=2.0))
    assert found is not None and found.fixed
    _, found = of(values, Choice.of("sigma", k=2.0, sides="upper"))
    assert found is not None and found.lo is None and found.hi is not None
    assert of(values, Choice(id="none"))[1] is None
    assert of(np.array([]), SIGMA)[1] is None


def test_resamples_that_leave_a_side_open_are_counted() -> None:
    values = np.concatenate([np.zeros(396), [1.0, 2.0, 3.0, 4.0]])
    _, found = of(values, Choice.of("quantile", lower=0.0, upper=0.993))
    assert found is not None and found.hi is not None
    assert found.opened > 0
    assert found.hi[1] == np.inf or found.opened < 6


def test_nobody_knows_what_lies_beyond_the_most_extreme_value() -> None:
    """The bootstrap of a maximum never draws a greater one, where the next sample would in half of the cases."""
    values = np.random.default_rng(6).normal(size=200)
    _, found = of(values, Choice(id="training_range"))
    assert found is not None and found.lo is not None and found.hi is not None
    assert found.lo[0] == -np.inf and found.hi[1] == np.inf and np.isfinite([found.lo[1], found.hi[0]]).all()
    _, held = of(values, Choice.of("fixed", lo=float(values.min()), hi=float(values.max())))
    assert held is not None and held.fixed
    _, tied = of(values.clip(-1, 1), Choice(id="training_range"))
    assert tied is not None and tied.hi == (1.0, 1.0)


def test_the_same_rows_give_the_same_interval() -> None:
    values = np.random.default_rng(5).normal(size=80)
    assert of(values, SIGMA)[1] == of(values[::-1], SIGMA)[1]
