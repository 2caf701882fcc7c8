"""Shapes: read from words, inferred from counts, brought to each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipviz.core.dataset import ImageReading, ImageShape
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.images import shapes
from clipviz.datasets.images.fit import fit


@pytest.mark.parametrize(("values", "shape"), [(784, "28x28"), (64, "8x8"), (3072, "32x32x3"), (12, "2x2x3")])
def test_the_usual_shapes_are_inferred(values: int, shape: str) -> None:
    assert str(shapes.infer(values)) == shape


@given(st.integers(2, 300), st.sampled_from([1, 3]))
def test_every_square_is_found_again(side: int, channels: int) -> None:
    found = shapes.infer(side * side * channels)
    assert found is not None and (found.height, found.channels) == (side, channels)
    assert shapes.parse(str(found)) == found


@pytest.mark.parametrize("values", [1, 2, 3, 7, 60, 785])
def test_no_shape_fits_other_counts(values: int) -> None:
    assert shapes.infer(values) is None


@pytest.mark.parametrize("text", ["", "28", "28x", "0x4", "28x28x4", "axb", "99999x99999", "-1x4"])
def test_a_shape_that_is_none(text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"shape is height x width|at most 4,096 pixels"):
        shapes.parse(text)


def test_too_much_to_store_is_said() -> None:
    with pytest.raises(
        UnreadableFile, match=r"at most 8,000,000,000 bytes; received 100,000 images of 400x400x3"
    ):
        shapes.check_total(100_000, shapes.parse("400x400x3"))


@given(
    st.integers(1, 40), st.integers(1, 40), st.sampled_from(["crop", "pad", "stretch"]),
    st.sampled_from([np.uint8, np.uint16]), st.sampled_from([1, 3]),
)  # fmt: skip
def test_any_image_fits_any_shape(height: int, width: int, way: str, kind: type, channels: int) -> None:
    image = np.random.default_rng(height).integers(0, 200, (height, width, channels)).astype(kind)
    for bits in (8, 16):
        shape = ImageShape(height=9, width=6, channels=3, bits=bits)
        found = fit(image, shape, ImageReading(fit=way, background="black"))
        assert found.shape == (9, 6, 3)
        assert found.dtype == (np.uint16 if bits == 16 else np.uint8)


@pytest.mark.parametrize("way", ["crop", "stretch"])
def test_white_stays_white_in_any_size_and_depth(way: str) -> None:
    image = np.full((5, 11, 3), 255, dtype=np.uint8)
    for bits, white in ((8, 255), (16, 65_535)):
        found = fit(image, ImageShape(height=8, width=8, channels=1, bits=bits), ImageReading(fit=way))
        assert (found == white).all()


def test_padding_keeps_the_whole_image_on_its_background() -> None:
    image = np.full((4, 8, 1), 200, dtype=np.uint8)
    found = fit(image, ImageShape(height=8, width=8, channels=1), ImageReading(fit="pad", background="black"))
    assert (found[2:6] == 200).all() and (found[[0, 1, 6, 7]] == 0).all()


def test_the_same_size_changes_nothing() -> None:
    image = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    assert (fit(image, ImageShape(height=6, width=6, channels=3), ImageReading()) == image).all()
