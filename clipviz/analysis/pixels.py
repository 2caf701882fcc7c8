"""What an input clamp does to images: bounds for every pixel, what they touch, images before and after."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.core.bounds import soft
from clipviz.core.dataset import ImageShape
from clipviz.core.recipe import Inputs
from clipviz.core.table import Table
from clipviz.datasets import pixel_features
from clipviz.policies import fitting

MOST_PIXELS = 4_096
SAMPLE = 500
BLOCK = 512


@dataclass(frozen=True)
class PixelBounds:
    """Bounds of every input of a table of images: lo, hi (F,) float64, -inf or inf where a side is open.

    notes: what the policies said of the pixels' bounds, with the number of pixels. width: (F,) over which a bound is
    rounded off, 0 for none. fill: (F,) what a pixel beyond its bounds becomes, NaN where it takes the bound; itself
    where its image is trimmed.
    """

    lo: NDArray[np.float64]
    hi: NDArray[np.float64]
    notes: tuple[tuple[str, int], ...]
    width: NDArray[np.float64]
    fill: NDArray[np.float64]
    trims: NDArray[np.bool_]

    @property
    def common(self) -> tuple[float, float] | None:
        """The bounds that all pixels share; None when they have bounds of their own."""
        same = bool((self.lo == self.lo[0]).all() and (self.hi == self.hi[0]).all())
        return (float(self.lo[0]), float(self.hi[0])) if same else None


@dataclass(frozen=True)
class Touched:
    """Of the training images: pixel values, how many of them move up and down, images with at least one."""

    values: int
    below: int
    above: int
    images: int
    touched_images: int


def can_fit(table: Table, inputs: Inputs) -> bool:
    """Whether bounds of every pixel are found while somebody waits: few pixels, or limits that need no values."""
    return len(table.features) <= MOST_PIXELS or _needs_no_values(inputs)


def fit(table: Table, inputs: Inputs) -> PixelBounds:
    """Bounds of every pixel from the training images only. Raises InvalidRecipe."""
    names = [feature.name for feature in table.features]
    if _needs_no_values(inputs):
        first = {inputs.policy_of(name).model_dump_json(): name for name in reversed(names)}
        fitted = {key: clamping.fit(table, name, inputs.policy_of(name)) for key, name in first.items()}
        found = [fitted[inputs.policy_of(name).model_dump_json()] for name in names]
    else:
        found = [clamping.fit(table, name, inputs.policy_of(name)) for name in names]
    said = [bounds.note for bounds in found if bounds.note]
    notes = sorted(((note, said.count(note)) for note in set(said)), key=lambda pair: (-pair[1], pair[0]))
    fills = [
        fitting.fill(bounds, clamping.training_values(table, name)) if bounds.action == "missing" else np.nan
        for name, bounds in zip(names, found, strict=True)
    ]
    return PixelBounds(
        lo=np.array([bounds.lo for bounds in found]),
        hi=np.array([bounds.hi for bounds in found]),
        notes=tuple(notes),
        width=np.array([bounds.width for bounds in found]),
        fill=np.array(fills),
        trims=np.array([bounds.action == "trim" for bounds in found]),
    )


def touched(table: Table, bounds: PixelBounds) -> Touched:
    """What the bounds move in the training images, counted exactly."""
    below = above = images = 0
    for start in range(0, len(table.train), BLOCK):
        block = table.inputs[table.train[start : start + BLOCK]]
        low, high = block < bounds.lo, block > bounds.hi
        below += int(low.sum())
        above += int(high.sum())
        images += int((low | high).any(axis=1).sum())
    return Touched(len(table.train) * len(table.features), below, above, len(table.train), images)


def sample(table: Table, count: int = SAMPLE) -> NDArray[np.int64]:
    """Positions of at most `count` training images, evenly spread."""
    if len(table.train) <= count:
        return table.train
    return table.train[np.linspace(0, len(table.train) - 1, count).astype(np.int64)]


def clamped(table: Table, rows: NDArray[np.int64], bounds: PixelBounds) -> NDArray[np.float64]:
    """(N, F) values of some images as the network meets them."""
    values = table.inputs[rows].astype(np.float64)
    beyond = (values < bounds.lo) | (values > bounds.hi)
    held = np.clip(values, bounds.lo, bounds.hi)
    if bounds.width.any():
        width = np.where(bounds.width > 0, bounds.width, 1.0)
        held = np.where(bounds.width > 0, soft(values, bounds.lo, bounds.hi, width), held)
    held = np.where(beyond & ~np.isnan(bounds.fill), bounds.fill, held)
    kept: NDArray[np.float64] = np.where(bounds.trims, values, held)
    return kept


def pictures(
    values: NDArray[Any], table: Table, shape: ImageShape, rest: NDArray[Any]
) -> NDArray[np.float64]:
    """(N, H, W, C) images of the inputs (N, F) of a table; `rest` (N, P): the pixels that are no inputs."""
    places = {name: place for place, name in enumerate(pixel_features.names(shape))}
    whole = rest.astype(np.float64)
    whole[:, [places[feature.name] for feature in table.features]] = values
    return whole.reshape(len(whole), shape.height, shape.width, shape.channels)


def _needs_no_values(inputs: Inputs) -> bool:
    return not inputs.columns and all(
        choice.id in ("none", "fixed", "pixel_range")
        and choice.fields().get("action", "clamp") in ("clamp", "trim")
        for choice in inputs.choices()
    )
