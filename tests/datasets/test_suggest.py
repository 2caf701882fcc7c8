"""A suggestion names what it saw; shapes that are known get the answer that is known."""

import numpy as np
import pytest

from clipviz.core.discovery import build
from clipviz.datasets.profile import profile
from clipviz.datasets.suggest import suggest

GENERATOR = np.random.default_rng(7)
N = 20_000
SHAPES = {
    "normal": (GENERATOR.normal(size=N), "fine as it is", "none"),
    "uniform": (GENERATOR.random(N), "fine as it is", "none"),
    "lognormal": (GENERATOR.lognormal(size=N), "heavy right tail", "quantile"),
    "mirrored": (-GENERATOR.lognormal(size=N), "heavy left tail", "quantile"),
    "student": (GENERATOR.standard_t(2, N), "heavy tails", "quantile"),
    "zeros": (
        np.where(GENERATOR.random(N) < 0.7, 0, GENERATOR.exponential(size=N)),
        "zero-inflated",
        "quantile",
    ),
    "dice": (GENERATOR.integers(1, 7, N).astype(float), "discrete", "none"),
    "two humps": (np.r_[GENERATOR.normal(-5, 1, N), GENERATOR.normal(5, 1, N)], "bimodal", "none"),
    "a spike": (np.r_[GENERATOR.normal(size=N), [80.0]], "a few outliers", "tukey"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape):
    values, pattern, policy = SHAPES[shape]
    found = profile("x", "number", values).suggestion
    assert found is not None and (found.pattern, found.policy.id) == (pattern, policy)
    assert found.reason
    bounds = build("clipviz.policies.inputs", found.policy).fit(values)
    assert bounds.lo < bounds.hi and not bounds.note


@pytest.mark.parametrize(("rows", "alarms"), [(120, 18), (500, 3), (2_000, 1)])
def test_few_normal_values_are_rarely_called_heavy(rows, alarms):
    found = [profile("x", "number", GENERATOR.normal(size=rows)).suggestion for _ in range(60)]
    assert sum("heavy" in one.pattern for one in found) <= alarms


@pytest.mark.parametrize("draw", [lambda n: GENERATOR.standard_t(2, n), lambda n: GENERATOR.pareto(1.5, n)])
def test_a_heavy_tail_is_found_in_a_few_hundred_values(draw):
    found = [profile("x", "number", draw(500)).suggestion for _ in range(40)]
    assert sum("heavy" in one.pattern for one in found) >= 36


def test_columns_without_numbers_get_none():
    assert profile("x", "number", np.array([np.nan, np.inf])).suggestion is None
    assert profile("x", "boolean", np.array([0.0, 1.0])).suggestion is None


def test_hill_finds_the_exponent_of_a_pareto_tail():
    values = GENERATOR.pareto(3.0, 200_000)
    tails = profile("x", "number", values).tails
    assert tails is not None and tails.k == 447
    assert 2.3 < tails.upper < 3.2  # distances from the median, not from the pole, read a little heavy


def test_few_values_have_no_tail():
    assert profile("x", "number", np.arange(50.0)).tails.upper is None


@pytest.mark.parametrize(
    "values", [np.arange(0.0, 2000.0), np.r_[-np.logspace(0, 5, 50), 0.0, np.logspace(-3, 4, 60)]]
)
def test_the_logarithmic_histogram_counts_every_value(values):
    drawn = profile("x", "number", values).log_histogram
    assert sum(drawn.counts) + drawn.below + drawn.above == len(values)
    assert all(a < b for a, b in zip(drawn.edges, drawn.edges[1:], strict=False))
    if values.min() >= 0:
        assert drawn.below == (values == 0).sum()


def zeros(share, rows=20_000):
    values = np.random.default_rng(9).exponential(size=rows) + 0.1
    values[: int(share * rows)] = 0
    return values


@pytest.mark.parametrize(("share", "found"), [(0.45, False), (0.55, True), (0.6, True)])
def test_more_zeros_than_other_values_are_too_many(share, found):
    assert (profile("x", "number", zeros(share)).suggestion.pattern == "zero-inflated") == found


@pytest.mark.parametrize(("ranges", "found"), [(8.0, False), (12.0, True)])
def test_a_value_ten_interquartile_ranges_out_is_far(ranges, found):
    values = np.random.default_rng(9).random(20_000)
    low, high = np.quantile(values, [0.25, 0.75])
    spiked = np.r_[values, high + ranges * (high - low)]
    assert (profile("x", "number", spiked).suggestion.pattern == "a few outliers") == found


@pytest.mark.parametrize(("index", "found"), [(3.5, True), (4.0, False)])
def test_a_tail_is_heavy_below_a_hill_exponent_of_four(index, found):
    values = np.random.default_rng(9).random(20_000)
    known = profile("x", "number", values)
    assert known.tails is not None
    said = suggest(
        known.model_copy(update={"tails": known.tails.model_copy(update={"upper": index, "k": 10_000})})
    )
    assert said is not None and (said.pattern == "heavy right tail") == found
