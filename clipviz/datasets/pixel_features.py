"""Images as a recipe sees them: one numeric input for each pixel and channel."""

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Dataset, ImageShape
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.core.table import Feature, Inputs
from clipviz.datasets import files

COLOURS = ("red", "green", "blue")
MOST_VALUES = 1_000_000_000
BLOCK = 1024


def name(shape: ImageShape, row: int, column: int, channel: int = 0) -> str:
    """The input of one pixel: "pixel 3,4", or "pixel 3,4,red" in colour; counted from 0, from the top left."""
    return f"pixel {row},{column}" + (f",{COLOURS[channel]}" if shape.channels == 3 else "")


def names(shape: ImageShape) -> list[str]:
    """The inputs of an image in the order of its values: row by row, pixel by pixel, channel by channel."""
    return [
        name(shape, row, column, channel)
        for row in range(shape.height)
        for column in range(shape.width)
        for channel in range(shape.channels)
    ]


def inputs(
    settings: Settings, dataset: Dataset, recipe: Recipe, rows: NDArray[np.int64], train: NDArray[np.int64]
) -> tuple[tuple[Feature, ...], Inputs, tuple[str, ...]]:
    """(features, (N, F) uint8 or uint16 inputs, notes).

    rows: images with a label; train: positions in them. Raises InvalidRecipe for an unknown input, for too many values
    to hold, and when no pixel varies.
    """
    assert dataset.image is not None
    known = names(dataset.image)
    flat = files.pixels(settings, dataset.id).reshape(-1, len(known))
    wanted = _wanted(known, recipe)
    if len(rows) * len(wanted) > MOST_VALUES:
        raise InvalidRecipe(
            f"This network takes at most {MOST_VALUES:,} pixel values",
            f"{len(rows):,} images of {len(wanted):,} values",
            "Read the images at a smaller shape: on the Data page, under How it was read",
        )
    varies = _varies(flat, rows[train])[wanted]
    if not varies.any():
        raise InvalidRecipe(
            "Training needs at least one pixel that varies",
            f"{len(train):,} training images that are all the same",
            "Add other images",
        )
    taken = np.empty((len(rows), len(wanted)), dtype=flat.dtype)
    for start in range(0, len(rows), BLOCK):
        taken[start : start + BLOCK] = flat[rows[start : start + BLOCK]][:, wanted]
    same = int((~varies).sum())
    notes = [f"{same:,} of {len(wanted):,} pixels are the same in every training image."] if same else []
    return tuple(Feature(known[place]) for place in wanted), taken, tuple(notes)


def whole(dataset: Dataset, recipe: Recipe) -> tuple[int, int, int] | None:
    """(height, width, channels) where a recipe takes every pixel of its images."""
    shape = dataset.image
    if shape is None or recipe.data.features is not None:
        return None
    return shape.height, shape.width, shape.channels


def _wanted(known: list[str], recipe: Recipe) -> NDArray[np.int64]:
    """Places of the inputs that the recipe asks for."""
    if recipe.data.features is None:
        return np.arange(len(known))
    places = {name: place for place, name in enumerate(known)}
    unknown = next((name for name in recipe.data.features if name not in places), None)
    if unknown is not None:
        raise InvalidRecipe(
            "An input of an image dataset must be one of its pixels",
            repr(unknown),
            f"Name them from {known[0]} to {known[-1]}, or leave the inputs out for all of them",
        )
    return np.array(sorted({places[name] for name in recipe.data.features}), dtype=np.int64)


def _varies(flat: NDArray[np.uint8] | NDArray[np.uint16], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(P,) whether a value differs among some images, read a block at a time."""
    first = np.asarray(flat[rows[0]])
    varies = np.zeros(len(first), dtype=bool)
    for start in range(0, len(rows), BLOCK):
        varies |= (flat[rows[start : start + BLOCK]] != first).any(axis=0)
    return varies
