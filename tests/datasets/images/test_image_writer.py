"""pixels.npy is an ordinary array, and its profile is what numpy would have counted."""

from collections import Counter

import numpy as np
import pytest

from clipviz.core.dataset import ImageShape
from clipviz.datasets.images import writer


@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (8, 3), (16, 1), (16, 3)])
def test_what_is_written_is_read_and_counted_exactly(tmp_path, bits: int, channels: int) -> None:
    shape = ImageShape(height=3, width=5, channels=channels, bits=bits)
    images = np.random.default_rng(2).integers(0, 2**bits, (1234, 3, 5, channels)).astype(f"u{bits // 8}")
    with writer.Writer(tmp_path / "pixels.npy", shape) as pixels:
        for image in images:
            pixels.add(image)
    assert (np.load(tmp_path / "pixels.npy", mmap_mode="r") == images).all()
    known = writer.profile(pixels, ["a", None] * 617, Counter({(3, 5): 1234}), ())
    assert dict(known.classes) == {"a": 617, "": 617}
    for place, channel in enumerate(known.channels):
        values = images[..., place].astype(float)
        assert (channel.minimum, channel.maximum) == (values.min(), values.max())
        assert channel.mean == pytest.approx(values.mean()) and channel.std == pytest.approx(values.std())
        assert sum(channel.histogram.counts) == values.size
        assert channel.zeros == (values == 0).sum()


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        ([None, None], "empty"),
        (["0", "1"], "category"),
        (["cat", None], "category"),
        (["0.5", "1.25"], "number"),
        ([str(value) for value in range(500)], "integer"),
        (["nan", "1"], "category"),
    ],
)
def test_labels_are_classes_unless_they_are_measured(labels: list[str | None], kind: str) -> None:
    assert writer.label_kind(labels) == kind
