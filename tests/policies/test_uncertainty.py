"""Intervals against theory, and against drawing all rows."""

import numpy as np
import pytest
from scipy import stats

from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.policies import uncertainty as module
from clipviz.policies.uncertainty import Uncertainty, uncertainty

SIGMA = Choice.of("sigma", k=2.0)


def of(values: np.ndarray, choice: Choice) -> tuple[Bounds, Uncertainty | None]:
    ordered = np.sort(values)
    bounds = build("clipviz.policies.inputs", choice).fit(ordered)
    return bounds, uncertainty(ordered, choice, bounds)


@pytest.mark.parametrize(
    ("rows", "share"), [(300, 0.99), (300, 0.95), (2_000, 0.99), (2_000, 0.999), (40, 0.9), (40, 0.5)]
)
def test_the_interval_of_a_quantile_holds_it_in_95_of_100_samples(rows: int, share: float) -> None:
    """The bootstrap holds the 99 % quantile of 300 rows in 82 of 100; an end that is open holds whatever lies there."""
    truth, generator, inside = stats.t(2).ppf(share), np.random.default_rng(rows), 0
    for _ in range(400):
        _, found = of(generator.standard_t(2, rows), Choice.of("quantile", lower=0.0, upper=share))
        assert found is not None and found.hi is not None and found.exact
        inside += found.hi[0] <= truth <= found.hi[1]
    assert inside >= 373  # of 95 in 100, fewer than that have a chance of one in 50


@pytest.mark.parametrize("choice", [SIGMA, Choice.of("mad", k=3.0), Choice.of("tukey", k=1.5)])
def test_the_bootstrap_holds_what_is_no_quantile(choice: Choice) -> None:
    reach = {"sigma": 2.0, "mad": 3.0, "tukey": stats.norm.ppf(0.75) * 4}[choice.id]
    generator, inside = np.random.default_rng(8), 0
    for _ in range(60):
        _, found = of(generator.normal(size=200), choice)
        assert found is not None and found.hi is not None and not found.exact
        inside += found.hi[0] <= reach <= found.hi[1]
    assert inside >= 52


def test_winsorising_by_count_is_as_sure_as_the_quantile_that_it_stands_for() -> None:
    values = np.random.default_rng(9).normal(size=500)
    _, counted = of(values, Choice.of("winsorise", lowest=0.0, highest=0.05))
    _, quantile = of(values, Choice.of("quantile", lower=0.0, upper=0.95))
    assert counted is not None and quantile is not None
    assert counted.hi == pytest.approx(quantile.hi) and counted.needed == (None, 72)


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
    monkeypatch.setattr(module, "MOST", 500)
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
    _, found = of(values, Choice.of("tukey", k=1.5))
    assert found is not None and found.hi is not None
    assert found.opened > 5 and found.hi[1] == np.inf


def test_nobody_knows_what_lies_beyond_the_most_extreme_value() -> None:
    """No number of rows tells the range of the population; 300 tell nothing of what is above its 99 % quantile."""
    values = np.random.default_rng(6).normal(size=300)
    bounds, found = of(values, Choice.of("training_range", margin=0.1))
    assert found is not None
    assert (
        found.lo == (-np.inf, bounds.lo) and found.hi == (bounds.hi, np.inf) and found.needed == (None, None)
    )
    _, held = of(values, Choice.of("fixed", lo=float(values.min()), hi=float(values.max())))
    assert held is not None and held.fixed
    _, far = of(values, Choice.of("quantile", lower=0.01, upper=0.99))
    assert far is not None and far.hi is not None and far.lo is not None
    assert far.lo[0] == -np.inf and far.hi[1] == np.inf and far.needed == (368, 368)


def test_the_same_rows_give_the_same_interval() -> None:
    values = np.random.default_rng(5).normal(size=80)
    assert of(values, SIGMA)[1] == of(values[::-1], SIGMA)[1]
