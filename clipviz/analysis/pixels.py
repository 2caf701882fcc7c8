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
    """Of the training images: how many values each input has below its bounds, and above, (F,) each; images with at
    least one."""

    lows: NDArray[np.int64]
    highs: NDArray[np.int64]
    images: int
    touched_images: int

    @property
    def values(self) -> int:
        return self.images * len(self.lows)

    @property
    def below(self) -> int:
        return int(self.lows.sum())

    @property
    def above(self) -> int:
        return int(self.highs.sum())


@dataclass(frozen=True)
class Channel:
    """The inputs of one channel: name "" for grey; places: their positions among the inputs of the table. lo, hi: the
    bounds that they share, None where they have bounds of their own; least, most: of the training images."""

    name: str
    places: NDArray[np.int64]
    lo: float | None
    hi: float | None
    least: float
    most: float
    below: int
    above: int


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
    lows = np.zeros(len(table.features), dtype=np.int64)
    highs, images = lows.copy(), 0
    for start in range(0, len(table.train), BLOCK):
        block = table.inputs[table.train[start : start + BLOCK]]
        low, high = block < bounds.lo, block > bounds.hi
        lows += low.sum(axis=0)
        highs += high.sum(axis=0)
        images += int((low | high).any(axis=1).sum())
    return Touched(lows, highs, len(table.train), images)


def places(table: Table) -> dict[str, NDArray[np.int64]]:
    """Where the inputs of each channel stand among those of a table; "" is grey."""
    colours = [feature.name.rpartition(",")[2] for feature in table.features]
    known = [colour if colour in pixel_features.COLOURS else "" for colour in colours]
    return {
        name: np.flatnonzero(np.array(known) == name)
        for name in ("", *pixel_features.COLOURS)
        if name in known
    }


def channels(table: Table, bounds: PixelBounds, done: Touched) -> list[Channel]:
    """One for each channel that has inputs."""
    least, most = np.full(len(table.features), np.inf), np.full(len(table.features), -np.inf)
    for start in range(0, len(table.train), BLOCK):
        block = table.inputs[table.train[start : start + BLOCK]]
        least, most = np.minimum(least, block.min(axis=0)), np.maximum(most, block.max(axis=0))
    found = []
    for name, there in places(table).items():
        lo, hi = np.unique(bounds.lo[there]), np.unique(bounds.hi[there])
        shared = len(lo) == len(hi) == 1
        found.append(
            Channel(
                name, there, float(lo[0]) if shared else None, float(hi[0]) if shared else None,
                float(least[there].min()), float(most[there].max()),
                int(done.lows[there].sum()), int(done.highs[there].sum()),
            )
        )  # fmt: skip
    return found


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


def most_changed(table: Table, rows: NDArray[np.int64], bounds: PixelBounds, count: int) -> NDArray[np.int64]:
    """Those of some images that the bounds change most, by the sum of what each pixel moves, the most changed first."""
    moved = np.abs(clamped(table, rows, bounds) - table.inputs[rows]).sum(axis=1)
    return rows[np.argsort(-moved, kind="stable")[:count]]


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
