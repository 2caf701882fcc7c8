"""What a clamp does to images, counted exactly."""

from dataclasses import replace

import numpy as np

from clipviz.analysis import pixels
from clipviz.core.dataset import ImageShape
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature, Table
from clipviz.datasets.pixel_features import names

SHAPE = ImageShape(height=3, width=3, channels=1)


def table() -> Table:
    """30 images of 3 x 3 whose first pixel is no input; the last ten are no training images and shine."""
    inputs = np.random.default_rng(0).integers(10, 200, (30, 8)).astype(np.uint8)
    inputs[20:] = 255
    features = tuple(Feature(name) for name in names(SHAPE)[1:])
    places = np.arange(30)
    return Table(
        features=features, inputs=inputs, target=np.arange(30.0) % 2, target_name="label", task="classification",
        classes=("0", "1"), train=places[:20], validation=places[20:25], test=places[25:], source_rows=places,
    )  # fmt: skip


def test_fixed_limits_are_one_range_and_counted_exactly() -> None:
    bounds = pixels.fit(table(), Inputs(default=Choice.of("fixed", lo=50, hi=150)))
    assert bounds.common == (50, 150)
    done = pixels.touched(table(), bounds)
    train = table().inputs[:20]
    assert (done.values, done.below, done.above) == (160, (train < 50).sum(), (train > 150).sum())
    assert done.touched_images == ((train < 50) | (train > 150)).any(axis=1).sum()


def test_bounds_of_each_pixel_never_see_other_images() -> None:
    bounds = pixels.fit(table(), Inputs(default=Choice.of("quantile", lower=0.0, upper=1.0)))
    assert bounds.common is None
    assert (bounds.hi == table().inputs[:20].max(axis=0)).all()
    assert pixels.touched(table(), bounds).touched_images == 0


def test_clamped_images_have_their_pixels_where_they_were() -> None:
    bounds = pixels.fit(table(), Inputs(default=Choice.of("fixed", lo=50, hi=150)))
    rows = pixels.sample(table(), 4)
    assert len(rows) == 4 and set(rows) <= set(range(20))
    rest = np.full((4, 9), 7, dtype=np.uint8)
    found = pixels.pictures(pixels.clamped(table(), rows, bounds), table(), SHAPE, rest)
    assert found.shape == (4, 3, 3, 1) and (found[:, 0, 0] == 7).all()
    assert (found[:, 2, 2, 0] == np.clip(table().inputs[rows, 7], 50, 150)).all()
    assert (rest == 7).all(), "what was handed in is left alone"


def test_the_images_that_change_most_come_first() -> None:
    bounds = pixels.fit(table(), Inputs(default=Choice.of("fixed", lo=50, hi=150)))
    rows = pixels.most_changed(table(), table().train, bounds, 5)
    raw = table().inputs.astype(float)
    moved = np.abs(np.clip(raw, 50, 150) - raw).sum(axis=1)
    assert list(moved[rows]) == sorted(moved[:20], reverse=True)[:5]


def test_many_pixels_wait_for_the_run_unless_limits_need_no_values(monkeypatch) -> None:
    monkeypatch.setattr(pixels, "MOST_PIXELS", 4)
    assert not pixels.can_fit(table(), Inputs(default=Choice.of("sigma")))
    assert pixels.can_fit(table(), Inputs(default=Choice.of("fixed", lo=1)))
    assert pixels.can_fit(table(), Inputs())


def test_each_channel_is_counted_apart_and_may_have_a_range_of_its_own() -> None:
    colour = ImageShape(height=2, width=2, channels=3)
    inputs = np.random.default_rng(1).integers(0, 256, (20, 12)).astype(np.uint8)
    rows = np.arange(20)
    grey = table()
    coloured = Table(**{
        **grey.__dict__, "features": tuple(Feature(name) for name in names(colour)), "inputs": inputs,
        "target": rows % 2, "train": rows[:15], "validation": rows[15:17], "test": rows[17:], "source_rows": rows,
    })  # fmt: skip
    chosen = Inputs(
        default=Choice.of("fixed", lo=10), channels={"green": Choice.of("pixel_range", brightest=100)}
    )
    bounds = pixels.fit(coloured, chosen)
    done = pixels.touched(coloured, bounds)
    red, green, blue = pixels.channels(coloured, bounds, done)
    assert [each.name for each in (red, green, blue)] == ["red", "green", "blue"]
    assert (green.lo, green.hi, red.lo, red.hi) == (0, 100, 10, np.inf)
    train = inputs[:15]
    assert green.above == (train[:, 1::3] > 100).sum()
    assert (red.below, blue.below, green.below) == (
        (train[:, ::3] < 10).sum(),
        (train[:, 2::3] < 10).sum(),
        0,
    )
    assert (red.least, red.most) == (train[:, ::3].min(), train[:, ::3].max())
    assert red.below + blue.below + green.above == done.below + done.above
    assert list(pixels.places(grey)) == [""]


def test_what_lies_beyond_may_be_filled_rounded_off_or_left() -> None:
    found = {}
    for action in ("clamp", "soft", "missing", "trim"):
        limits = Choice.of("fixed", lo=50, hi=150, action=action)
        bounds = pixels.fit(table(), Inputs(default=limits))
        found[action] = pixels.clamped(table(), np.arange(20), bounds)
        assert pixels.touched(table(), bounds).touched_images > 0
    raw = table().inputs[:20].astype(float)
    beyond = (raw < 50) | (raw > 150)
    np.testing.assert_array_equal(found["trim"], raw)
    inside = np.where(beyond, np.nan, raw)
    np.testing.assert_array_equal(found["missing"], np.where(beyond, np.nanmedian(inside, axis=0), raw))
    assert (np.abs(found["soft"] - found["clamp"]) < 5).all() and (found["soft"] != found["clamp"]).any()


def test_each_channel_may_have_a_range_of_its_own(monkeypatch) -> None:
    colour = ImageShape(height=1, width=2, channels=3)
    features = tuple(Feature(name) for name in names(colour))
    images = replace(table(), features=features, inputs=table().inputs[:, :6])
    monkeypatch.setattr(pixels, "MOST_PIXELS", 1)
    inputs = Inputs(channels={"green": Choice.of("pixel_range", darkest=20, brightest=90)})
    assert pixels.can_fit(images, inputs)
    bounds = pixels.fit(images, inputs)
    assert bounds.hi.tolist() == [np.inf, 90, np.inf] * 2 and bounds.lo.tolist() == [-np.inf, 20, -np.inf] * 2
