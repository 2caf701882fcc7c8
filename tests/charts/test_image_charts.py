"""Pictures of images: every image, pixel and class is in them."""

import numpy as np

from clipviz.charts.class_counts import class_counts
from clipviz.charts.mosaic import mosaic
from clipviz.charts.palette import LIGHT
from clipviz.charts.pixel_histogram import pixel_histogram
from clipviz.core.profile import ChannelProfile, Histogram


def channel(name: str) -> ChannelProfile:
    histogram = Histogram(edges=tuple(np.arange(257) - 0.5), counts=tuple(range(256)))
    return ChannelProfile(name=name, minimum=0, maximum=255, mean=1, std=1, zeros=0, histogram=histogram)


def test_small_images_are_repeated_and_not_smoothed() -> None:
    images = np.array([[[[0], [255]], [[128], [64]]]] * 5, dtype=np.uint8)
    wall = mosaic(images, 3, 8, 255)
    assert wall.shape == (2 * 12, 3 * 12, 4)
    assert set(np.unique(wall[:8, :8, 0])) == {0, 64, 128, 255}
    assert (wall[:8, :8, 3] == 255).all() and (wall[:, 8:12, 3] == 0).all()
    assert (wall[12:, 24:, 3] == 0).all(), "the sixth place is empty"


def test_sixteen_bits_and_small_ranges_reach_white() -> None:
    deep = np.full((1, 4, 4, 3), 65_535, dtype=np.uint16)
    assert (mosaic(deep, 1, 4, 65_535)[:4, :4, :3] == 255).all()
    assert (mosaic(np.full((1, 4, 4, 1), 16, np.uint8), 1, 4, 16)[:4, :4, :3] == 255).all()


def test_large_images_are_thinned() -> None:
    assert max(mosaic(np.zeros((2, 500, 400, 3), np.uint8), 2, 56, 255).shape) < 300


def test_no_image_is_no_error() -> None:
    assert mosaic(np.zeros((0, 8, 8, 1), np.uint8), 12, 56, 255).shape[2] == 4


def test_every_pixel_is_in_the_histogram() -> None:
    [grey] = pixel_histogram([channel("grey")], LIGHT).data
    assert sum(grey.y) == sum(range(256)) and len(grey.y) == 256
    lines = pixel_histogram([channel(name) for name in ("red", "green", "blue")], LIGHT, log_counts=True).data
    assert [sum(line.y) for line in lines] == [sum(range(256))] * 3
    assert len({line.line.dash for line in lines}) == 3, "told apart by more than colour"


def test_rare_classes_are_one_bar_and_none_is_lost() -> None:
    classes = [(f"<b>{n}</b>", 100 - n) for n in range(50)] + [("", 3)]
    [bars] = class_counts(classes, LIGHT).data
    assert sum(bars.y) == sum(count for _, count in classes)
    assert len(bars.y) == 31 and bars.customdata[-1] == "21 others"
    assert "<b>" not in bars.customdata[0]
