"""Fitting the first layer: what is done with values beyond bounds, missing ones, groups, and other sizes."""

import warnings

import numpy as np
import pytest
import torch

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature, Table
from clipviz.policies import fitting
from clipviz.training.fit_front import fit
from clipviz.training.front import Front
from tests.policies.onnx import agrees_with_onnx

from .conftest import classification, regression

NONE = Choice(id="none")
HEAVY = np.random.default_rng(5).standard_t(2, size=(300, 4))


def heavy(**changes: object) -> Table:
    """Three heavy-tailed columns, some values missing or infinite, and a category of three levels."""
    inputs = HEAVY.copy()
    inputs[::17, 0], inputs[::29, 1], inputs[1::31, 1] = np.nan, np.inf, -np.inf
    inputs[:, 3] = np.arange(300) % 4 - 1  # -1: no known level
    features = (Feature("a"), Feature("b"), Feature("c"), Feature("g", ("x", "y", "z")))
    return regression(300, 4, features=features, inputs=inputs, **changes)


def wild_rows() -> np.ndarray:
    """Every extreme value beside every known, unseen and impossible level."""
    extremes = (np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324, -0.0)
    levels = (-1, 0, 2, 3, 99, -7, np.nan, np.inf)
    return np.array([[value] * 3 + [level] for value in extremes for level in levels])


def choice(id: str = "tukey", **fields: object) -> Inputs:
    return Inputs(default=Choice.of(id, **fields), normalisation=NONE)


CHOICES = {
    "clamp": choice(),
    "soft": choice(action="soft", softness=0.5),
    "soft upper": choice(action="soft", sides="upper"),
    "missing": choice(action="missing"),
    "trim": choice(action="trim"),
    "groups": choice(by="g"),
    "soft groups": choice(by="g", action="soft"),
    "missing groups": choice("quantile", by="g", action="missing", indicators=True),
    "space": choice(space="yeo_johnson"),
    "indicators": choice(indicators=True),
    "mixed": Inputs(
        columns={"a": Choice.of("tukey", by="g"), "b": Choice.of("mad", action="soft", indicators=True)},
        normalisation=Choice(id="robust"),
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_the_front_is_the_bounds_on_every_row(name: str) -> None:
    """Against `Bounds.clamp`, column by column, on rows that were not fitted as well."""
    table, inputs = heavy(), CHOICES[name]
    front, _, stays = fit(table, inputs)
    said, raw = front.rows(table.inputs).numpy(), table.inputs
    for at, feature in enumerate(table.features[:3]):
        train = raw[table.train, at]
        bounds = fitting.fit(table, inputs.policy_of(feature.name), train)
        codes = fitting.codes(table, bounds, np.arange(len(raw)))
        kept = train[stays]
        finite = kept[np.isfinite(kept)]
        own = None if codes is None else codes[table.train][stays][np.isfinite(kept)]
        fill = fitting.fill(bounds, finite, own)
        values = np.where(np.isnan(raw[:, at]), fill, raw[:, at])
        after = values if bounds.action == "trim" else bounds.clamp(values, codes)
        after = np.where(np.isnan(after), fill, after)
        after = np.where(np.isinf(after), np.where(after > 0, finite.max(), finite.min()), after)
        after = (after - front.centre[at].item()) / front.scale[at].item()
        np.testing.assert_allclose(said[:, at], after, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_fitted_leaves_through_export_and_comes_back_from_its_buffers(name: str) -> None:
    table = heavy()
    front, *_ = fit(table, CHOICES[name])
    raw = torch.from_numpy(np.concatenate([table.inputs, wild_rows()]))
    batch = ({0: torch.export.Dim.DYNAMIC},)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exported = torch.export.export(front.eval(), (raw[:40],), dynamic_shapes=batch).module()
    assert torch.equal(exported(raw), front(raw))
    again = Front(table.features, front.state_dict())
    assert torch.equal(again(raw), front(raw)) and again.outputs == front.outputs


def test_all_survive_onnx() -> None:
    table = heavy()
    fronts = [fit(table, CHOICES[name]).front for name in ("soft groups", "missing groups", "trim", "mixed")]
    agrees_with_onnx(fronts, torch.from_numpy(table.inputs[:40]))


@pytest.mark.parametrize("name", CHOICES)
def test_a_test_row_changes_nothing(name: str) -> None:
    table, wild = heavy(), heavy()
    wild.inputs[wild.test, :3] = 1e12
    wild.inputs[wild.test, 3] = 2
    first, second = fit(table, CHOICES[name]), fit(wild, CHOICES[name])
    assert all(torch.equal(a, b) for a, b in zip(first.front.buffers(), second.front.buffers(), strict=True))
    assert first.notes == second.notes and np.array_equal(first.stays, second.stays)


def test_what_is_missing_takes_the_median_of_what_stays() -> None:
    inputs = np.concatenate([np.zeros(100), np.ones(101), np.full(40, 100.0)])[:, None]
    table = regression(241, 1, inputs=inputs, train=np.arange(241))
    front, notes, _ = fit(table, choice("fixed", hi=50, action="missing"))
    assert front.fill.item() == 1  # of all values it would be 1 as well: of the others 0 and 1 it is 1
    assert front.rows(np.array([[1e9], [np.nan], [np.inf], [0.5]]))[:, 0].tolist() == [1, 1, 1, 0.5]
    assert notes == ("x0: 40 training values beyond its bounds count as missing",)


def test_trimming_takes_rows_from_training_and_leaves_others_as_they_are() -> None:
    table = heavy()
    front, notes, stays = fit(
        table, Inputs(columns={"c": Choice.of("tukey", action="trim")}, normalisation=NONE)
    )
    lo, hi = front.bounds()["c"]
    values = table.inputs[table.train, 2]
    np.testing.assert_array_equal(stays, (values >= lo) & (values <= hi))
    assert f"c: {(~stays).sum()} training rows are left out for a value beyond its bounds" in notes
    row = np.array([[0.0, 0.0, 1e6, 0.0]])
    assert front.rows(row)[0, 2] == 1e6
    z_score, _, _ = fit(table, Inputs(columns={"c": Choice.of("tukey", action="trim")}))
    assert z_score.centre[2].item() == pytest.approx(values[stays].mean())


def test_trimming_everything_is_refused() -> None:
    table = regression(rows=100, columns=1, inputs=np.arange(100.0)[:, None])
    with pytest.raises(InvalidRecipe, match="must leave some training rows; received all 70 left out"):
        fit(table, choice("fixed", lo=1000, action="trim"))


def test_indicators_say_which_side_a_value_was_on() -> None:
    table = regression(columns=2)
    front, notes, _ = fit(table, Inputs(columns={"x1": Choice.of("fixed", lo=-1, hi=1, indicators=True)}))
    assert front.outputs == 4 and notes == ()
    said = front.rows(np.array([[0, -2.0], [0, 0.5], [0, np.inf], [0, np.nan]]))[:, 2:]
    assert said.tolist() == [[1, 0], [0, 0], [0, 1], [0, 0]]


def test_an_indicator_of_what_no_training_row_shows_is_left_out() -> None:
    table = regression(columns=1)
    front, notes, _ = fit(table, choice("fixed", lo=-1e6, hi=1, indicators=True))
    assert front.outputs == 2 and notes == ("x0: no training value lies below: no indicator of it",)


def test_missing_and_infinite_values_are_counted() -> None:
    table = heavy()
    train = table.inputs[table.train]
    _, notes, _ = fit(table, Inputs())
    missing, infinite = int(np.isnan(train[:, 0]).sum()), int(np.isinf(train[:, 1]).sum())
    assert f"a: {missing} missing training values take the median of the others" in notes
    assert f"b: {infinite} infinite training values took the furthest finite one" in notes
    _, notes, _ = fit(table, choice("quantile"))
    assert f"b: {infinite} infinite training values take the bound" in notes


@pytest.mark.parametrize("level", [3.0, 99.0, -7.0, np.nan, np.inf])
def test_a_row_of_no_known_level_takes_the_bounds_of_all_rows(level: float) -> None:
    front = fit(heavy(), CHOICES["groups"]).front
    row, unknown = torch.full((2, 4), 1e6, dtype=torch.float64)
    row[3], unknown[3] = level, -1
    assert torch.equal(front(row.unsqueeze(0)), front(unknown.unsqueeze(0)))


def test_a_group_must_be_a_category_among_the_features() -> None:
    with pytest.raises(
        InvalidRecipe, match=r"category column among the features; received 'x1'\. Choose one of colour"
    ):
        fit(classification(), choice(by="x1"))
    with pytest.raises(InvalidRecipe, match="no feature is a category"):
        fit(regression(), choice(by="colour"))


@pytest.mark.parametrize(
    ("id", "low", "high"), [("min_max", 0, 1), ("z_score", None, None), ("robust", None, None)]
)
def test_a_normalisation_sees_what_comes_behind_the_clamp(id: str, low: float, high: float) -> None:
    table = heavy()
    clamp = Choice.of("quantile", lower=0.05, upper=0.95)
    front, *_ = fit(table, Inputs(default=clamp, normalisation=Choice(id=id)))
    said = front.rows(table.inputs)[:, :3]
    if low is not None:
        assert said.min() == low and said.max() == high
    bounds = fitting.fit(table, clamp, table.inputs[table.train, 2])
    behind = bounds.clamp(table.inputs[table.train, 2])
    centre = {"min_max": behind.min(), "z_score": behind.mean(), "robust": np.median(behind)}[id]
    assert front.centre[2].item() == pytest.approx(centre)


def test_pixels_of_each_channel_have_a_range_of_their_own() -> None:
    features = tuple(Feature(f"pixel 0,{at // 3},{('red', 'green', 'blue')[at % 3]}") for at in range(6))
    pixels = np.random.default_rng(0).integers(0, 256, (200, 6), dtype=np.uint8)
    table = regression(200, 6, features=features, inputs=pixels)
    ranges = {"red": Choice.of("pixel_range", darkest=10, brightest=20)}
    front, *_ = fit(table, Inputs(channels=ranges, normalisation=Choice(id="divide")))
    said = front.rows(pixels)
    assert said[:, 0].max() == pytest.approx(20 / 255) and said[:, 3].min() == pytest.approx(10 / 255)
    torch.testing.assert_close(said[:, 1], torch.from_numpy(pixels[:, 1] / 255).float())
