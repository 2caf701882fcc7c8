"""Whether the columns of a table look like the pixels of images."""

from collections.abc import Sequence

from clipviz.core.dataset import Dataset, ImageShape
from clipviz.core.profile import ColumnProfile
from clipviz.datasets.images.shapes import infer

FEWEST = 49


def looks_like_images(dataset: Dataset, profiles: Sequence[ColumnProfile]) -> ImageShape | None:
    """The shape of the images that a table seems to hold, or None.

    They are columns of whole numbers from 0 to 255, as many as an image has values, at least 49, beside at most one
    other column at either end.
    """
    if dataset.kind != "table" or len(profiles) < FEWEST:
        return None
    for first, last in ((0, 0), (1, 0), (0, 1)):
        pixels = profiles[first : len(profiles) - last]
        shape = infer(len(pixels))
        if shape is not None and len(pixels) >= FEWEST and all(_is_pixel(column) for column in pixels):
            return shape
    return None


def _is_pixel(column: ColumnProfile) -> bool:
    if column.kind not in ("integer", "boolean") or column.missing:
        return False
    return column.minimum is not None and column.minimum >= 0 and (column.maximum or 0) <= 255
