"""The Clamp page of images: one range for all pixels or one for each, before and after."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis import clamping, pixels
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.layout import CONFIG
from clipviz.charts.mosaic import mosaic
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.ui import drafts, forms, pictures, state
from clipviz.ui.text import escape, number, share

SHOWN = 15


def show(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, table: Table) -> Recipe:
    """Choose the clamp of all pixels and see what it does; returns the recipe with it."""
    with st.container(border=True):
        default = forms.pick(
            "clipviz.policies.inputs", "Clamp of every pixel", recipe.inputs.default, draft.key("clamp.default"),
            help="Fixed limits are one range for the whole image; any other policy gives each pixel bounds of its own, "
            "from that pixel in the training images.",
        )  # fmt: skip
    inputs = recipe.inputs.model_copy(update={"default": default})
    recipe = recipe.model_copy(update={"inputs": inputs})
    drafts.keep(recipe)
    if not pixels.can_fit(table, inputs):
        st.info(
            f"An image has {number(len(table.features))} values here: bounds for each are found when the run starts. "
            "Choose fixed limits to see what a clamp does, or read the images at a smaller shape."
        )
        return recipe
    bounds = _bounds(table, recipe)
    _told(pixels.touched(table, bounds), bounds)
    _before_after(dataset, table, bounds)
    _histogram(draft, table, bounds)
    if bounds.common is None:
        _maps(dataset, table, bounds)
    return recipe


def _bounds(table: Table, recipe: Recipe) -> pixels.PixelBounds:
    with st.spinner("Fitting the bounds of each pixel …"):
        return _fitted(table, f"{recipe.data!r} {recipe.split!r} {recipe.inputs!r}", recipe)


@st.cache_data(max_entries=8, show_spinner=False)
def _fitted(_table: Table, choice: str, _recipe: Recipe) -> pixels.PixelBounds:
    return pixels.fit(_table, _recipe.inputs)


def _told(done: pixels.Touched, bounds: pixels.PixelBounds) -> None:
    moved = done.below + done.above
    common = bounds.common
    which = f"to **{number(common[0])} … {number(common[1])}**" if common else "to bounds of its own"
    if moved:
        st.markdown(
            f"Every pixel is limited {which}: {number(moved)} of {number(done.values)} training values move "
            f"({share(moved, done.values)}): {number(done.below)} up, {number(done.above)} down; "
            f"{number(done.touched_images)} of {number(done.images)} images change."
        )
    else:
        st.markdown(
            f"All {number(done.values)} training values stay: "
            "this clamp equals no clamp on the images it was fitted on."
        )
    for note, count in bounds.notes[:3]:
        st.caption(f"{number(count)} pixels: {escape(note, 300)}.")


def _before_after(dataset: Dataset, table: Table, bounds: pixels.PixelBounds) -> None:
    rows = pixels.sample(table, SHOWN)
    whole = _whole(dataset, table, rows)
    most = pictures.white(dataset, files.images(state.settings(), dataset.id))
    shape = dataset.image
    assert shape is not None
    raw = pixels.pictures(table.inputs[rows], table, shape, whole)
    after = pixels.pictures(pixels.clamped(table, rows, bounds), table, shape, whole)
    fixed = shape.values - len(table.features)
    for label, images in (("As they are", raw), ("After the clamp", after)):
        left, right = st.columns([1, 7], vertical_alignment="center")
        left.markdown(f"**{label}**")
        drawn = mosaic(images, SHOWN, pictures.SIDE, most)
        right.image(drawn, width=drawn.shape[1], output_format="PNG", alt=f"Training images, {label.lower()}")
    if fixed:
        st.caption(f"{number(fixed)} pixels that never vary are no inputs, and stay as they are.")


def _histogram(draft: drafts.Draft, table: Table, bounds: pixels.PixelBounds) -> None:
    rows = pixels.sample(table)
    values = table.inputs[rows].astype(np.float64).ravel()
    after = pixels.clamped(table, rows, bounds).ravel()
    with st.container(horizontal=True):
        log = st.toggle("Logarithmic counts", value=True, key="clamp.log", help="Shows rare values.")
    edges = clamping.whole_range(values)
    common = bounds.common
    drawn = st.plotly_chart(
        column_histogram(
            "pixel value", clamping.histogram(values, edges), palette(st.context.theme.type),
            Bounds(*common) if common else None, clamping.histogram(after, edges), log_counts=log, unit="pixels",
        ),
        theme=None, config=CONFIG, key=f"pixels:{draft.version}", on_select="rerun", selection_mode="box",
        alt="Pixel values before and after the clamp",
    )  # fmt: skip
    st.caption(
        f"The inputs of {number(len(rows))} training images"
        + (f", evenly chosen from {number(len(table.train))}" if len(rows) < len(table.train) else "")
        + ". Drag across the histogram to limit all pixels to that range."
    )
    boxes = drawn.selection.get("box", [])
    if boxes:
        low, high = sorted(round(float(edge), 1) for edge in boxes[0]["x"])
        inputs = draft.recipe.inputs.model_copy(update={"default": Choice.of("fixed", lo=low, hi=high)})
        drafts.replace(draft.recipe.model_copy(update={"inputs": inputs}), draft.base)
        st.rerun()


def _maps(dataset: Dataset, table: Table, bounds: pixels.PixelBounds) -> None:
    """The bounds of each pixel drawn where the pixel is."""
    shape = dataset.image
    assert shape is not None
    most = float(65_535 if shape.bits == 16 else 255)
    edges = np.clip(np.stack([bounds.lo, bounds.hi]), 0, most)
    empty = np.zeros((2, shape.values))
    images = pixels.pictures(edges, table, shape, empty)
    left, right = st.columns([1, 7], vertical_alignment="center")
    left.markdown("**Lower and upper bound**")
    drawn = mosaic(images, 2, 2 * pictures.SIDE, most)
    right.image(drawn, width=drawn.shape[1], output_format="PNG", alt="Lower and upper bound of each pixel")
    st.caption("Black is 0, white the greatest value that a pixel can have.")


def _whole(dataset: Dataset, table: Table, rows: NDArray[np.int64]) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(N, P) all values of some images of a table, those that are no inputs among them."""
    stored = files.pixels(state.settings(), dataset.id)
    taken = stored[table.source_rows[rows]]
    return taken.reshape(len(taken), -1)
