"""Images before and after a clamp, and what it changed; the bounds of each pixel drawn where the pixel is."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis import pixels
from clipviz.charts.mosaic import mosaic
from clipviz.core.dataset import Dataset, ImageShape
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.ui import pictures, state
from clipviz.ui.text import number

SHOWN, SIDE = 12, 84
CHANGED, EVENLY = "changed most", "evenly chosen"


def before_after(dataset: Dataset, table: Table, bounds: pixels.PixelBounds) -> None:
    """Three lines of the same training images: as they are, after the clamp, and the difference."""
    shape, most = _shape(dataset), pictures.white(dataset, files.images(state.settings(), dataset.id))
    which = st.segmented_control(
        "Images", [CHANGED, EVENLY], default=CHANGED, required=True, key="clamp.wall", format_func=str.capitalize
    )  # fmt: skip
    sample = pixels.sample(table)
    rows = (
        pixels.most_changed(table, sample, bounds, SHOWN) if which == CHANGED else pixels.sample(table, SHOWN)
    )
    whole = _whole(dataset, table, rows)
    raw = pixels.pictures(table.inputs[rows], table, shape, whole)
    after = pixels.pictures(pixels.clamped(table, rows, bounds), table, shape, whole)
    moved = np.abs(after - raw)
    largest = float(moved.max())
    with st.container(key="wall"):
        _strip("As they are", raw, most)
        _strip("After the clamp", after, most)
        if largest:
            _strip(f"What changed; the brightest by {number(largest)}", moved, largest)
    chosen = f"of {number(len(sample))} training images those that change most" if which == CHANGED else ""
    fixed = shape.values - len(table.features)
    left = f"{number(fixed)} pixels that never vary are no inputs, and stay as they are" if fixed else ""
    if said := "; ".join(filter(None, (chosen, left))):
        st.caption(f"{said[0].upper()}{said[1:]}.")


def maps(dataset: Dataset, table: Table, bounds: pixels.PixelBounds) -> None:
    """The bounds of each pixel drawn where the pixel is."""
    shape = _shape(dataset)
    most = float(65_535 if shape.bits == 16 else 255)
    edges = np.clip(np.stack([bounds.lo, bounds.hi]), 0, most)
    images = pixels.pictures(edges, table, shape, np.zeros((2, shape.values)))
    st.markdown("**Lower and upper bound** of each pixel")
    drawn = mosaic(images, 2, 2 * SIDE, most)
    st.image(drawn, width=drawn.shape[1], output_format="PNG", alt="Lower and upper bound of each pixel")
    st.caption("Black is 0, white the greatest value that a pixel can have.")


def _strip(label: str, images: NDArray[np.float64], most: float) -> None:
    st.markdown(f"**{label}**")
    drawn = mosaic(images, SHOWN, SIDE, most)
    st.image(drawn, width=drawn.shape[1], output_format="PNG", alt=f"Training images: {label.lower()}")


def _shape(dataset: Dataset) -> ImageShape:
    assert dataset.image is not None
    return dataset.image


def _whole(dataset: Dataset, table: Table, rows: NDArray[np.int64]) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(N, P) all values of some images of a table, those that are no inputs among them."""
    stored = files.pixels(state.settings(), dataset.id)
    taken = stored[table.source_rows[rows]]
    return taken.reshape(len(taken), -1)
