"""Which shape images have: said, or inferred from how many values one of them has."""

from collections import Counter
from collections.abc import Mapping
from math import isqrt
from typing import Literal

from clipviz.core.dataset import SHAPE, ImageShape
from clipviz.core.errors import UnreadableFile

LARGEST_GUESS = 128
LONGEST_SIDE = 4096
LARGEST_ARRAY = 8_000_000_000
"""Most bytes of pixels.npy."""


def parse(text: str, bits: Literal[8, 16] = 8) -> ImageShape:
    """The shape that "28x28" (grey) or "32x32x3" (colour) names; raises UnreadableFile."""
    if not SHAPE.fullmatch(text):
        raise UnreadableFile(
            "A shape is height x width, or height x width x 3 for colour", repr(text), "Write it as 28x28"
        )
    height, width, *channels = (int(part) for part in text.split("x"))
    if max(height, width) > LONGEST_SIDE:
        raise UnreadableFile(
            f"An image may have at most {LONGEST_SIDE:,} pixels a side", text, "Choose a smaller shape"
        )
    return ImageShape(height=height, width=width, channels=3 if channels == [3] else 1, bits=bits)


def infer(values: int) -> ImageShape | None:
    """The square image with so many values, grey before colour; None when there is none."""
    for channels in (1, 3):
        side = isqrt(values // channels)
        if values >= 4 and side * side * channels == values and side <= LONGEST_SIDE:
            return ImageShape(height=side, width=side, channels=3 if channels == 3 else 1)
    return None


def of_values(values: int, said: str | None, place: str) -> ImageShape:
    """The shape of images of so many values each; raises UnreadableFile where none, or not the said one, fits."""
    if said is not None:
        shape = parse(said)
        if shape.values != values:
            raise UnreadableFile(
                f"An image of {shape} has {shape.values:,} values",
                f"{values:,} in each row of {place}",
                "Choose a shape whose sides multiply to that, or another place of the label",
            )
        return shape
    shape_found = infer(values)
    if shape_found is None:
        raise UnreadableFile(
            "The values of an image must fit a square, grey or with 3 channels, when no shape is said",
            f"{values:,} in each row of {place}{_factors(values)}",
            "Say the shape, such as 28x28 or 32x32x3, or where the label stands",
        )
    return shape_found


def of_sizes(sizes: Mapping[tuple[int, int], int], channels: Literal[1, 3]) -> ImageShape:
    """The shape to bring images of these (height, width) to: the commonest size, made smaller where it is large."""
    ranked = sorted(Counter(sizes).items(), key=lambda pair: (-pair[1], pair[0]))
    (height, width), _ = ranked[0]
    shrink = max(1.0, max(height, width) / LARGEST_GUESS)
    return ImageShape(
        height=max(1, round(height / shrink)), width=max(1, round(width / shrink)), channels=channels
    )


def check_total(count: int, shape: ImageShape) -> None:
    """Raises UnreadableFile when all images together are too much to store."""
    size = count * shape.values * (shape.bits // 8)
    if size > LARGEST_ARRAY:
        raise UnreadableFile(
            f"All images together may take at most {LARGEST_ARRAY:,} bytes",
            f"{count:,} images of {shape}: {size:,} bytes",
            "Choose a smaller shape",
        )


def _factors(values: int) -> str:
    pairs = [f"{side}x{values // side}" for side in range(isqrt(values), 1, -1) if values % side == 0]
    return f" (which could be {' or '.join(pairs[:3])})" if pairs else ""
