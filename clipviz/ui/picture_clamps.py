"""The Clamp page of images: one range for all pixels, for a channel, or one for each; before and after."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from clipviz.analysis import clamping, pixels
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.ui import drafts, forms, picture_wall, spreadsheet
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import escape, number, share

ALL = "all channels"


def show(dataset: Dataset, draft: drafts.Draft, recipe: Recipe, table: Table) -> Recipe:
    """Choose the clamp of all pixels and see what it does; returns the recipe with it."""
    recipe = _chosen(draft, recipe, table)
    drafts.keep(recipe)
    if not pixels.can_fit(table, recipe.inputs):
        st.info(
            f"An image has {number(len(table.features))} values here: bounds for each are found when the run starts. "
            "Choose fixed limits or a pixel range to see what a clamp does, or read the images at a smaller shape."
        )
        return recipe
    with st.spinner("Looking at every pixel …"):
        bounds, done, channels = _looked_at(
            table, f"{recipe.data!r} {recipe.split!r} {recipe.inputs!r}", recipe
        )
    _told(done, bounds, chosen=any(choice.id != "none" for choice in recipe.inputs.choices()))
    picture_wall.before_after(dataset, table, bounds)
    if len(channels) > 1:
        _table(channels, done)
    _histogram(draft, table, bounds, channels)
    if any(channel.lo is None for channel in channels):
        picture_wall.maps(dataset, table, bounds)
    return recipe


def _chosen(draft: drafts.Draft, recipe: Recipe, table: Table) -> Recipe:
    """The clamp of all pixels, of single channels, and the normalisation."""
    inputs = recipe.inputs
    with st.container(border=True):
        default = forms.pick(
            "clipviz.policies.inputs", "Clamp of every pixel", inputs.default, draft.key("clamp.default"),
            help="Fixed limits and pixel ranges are one range for the whole image; any other policy gives each pixel "
            "bounds of its own, from that pixel in the training images.",
        )  # fmt: skip
        own = {str(name): choice for name, choice in inputs.channels.items()}
        colours = [name for name in pixels.places(table) if name]
        if colours:
            picked = st.pills(
                "Channels with a clamp of their own", colours, selection_mode="multi",
                default=[name for name in colours if name in own], key=draft.key("clamp.channels"),
            )  # fmt: skip
            own = {
                name: forms.pick(
                    "clipviz.policies.inputs", f"Clamp of {name}", own.get(name, default), draft.key(f"clamp.{name}")
                )
                for name in colours
                if name in picked
            }  # fmt: skip
        normalisation = forms.pick(
            "clipviz.policies.normalisations", "Normalisation, behind every clamp", inputs.normalisation,
            draft.key("clamp.normalisation"),
        )  # fmt: skip
    changed = {"default": default, "channels": own, "normalisation": normalisation}
    return recipe.model_copy(update={"inputs": inputs.model_copy(update=changed)})


@st.cache_data(max_entries=8, show_spinner=False)
def _looked_at(
    _table: Table, choice: str, _recipe: Recipe
) -> tuple[pixels.PixelBounds, pixels.Touched, list[pixels.Channel]]:
    bounds = pixels.fit(_table, _recipe.inputs)
    done = pixels.touched(_table, bounds)
    return bounds, done, pixels.channels(_table, bounds, done)


def _told(done: pixels.Touched, bounds: pixels.PixelBounds, chosen: bool) -> None:
    if not chosen:
        st.markdown("No clamp is chosen: pick a policy, or drag across the histogram below.")
        return
    moved = done.below + done.above
    common = bounds.common
    which = f"to **{number(common[0])} … {number(common[1])}**" if common else "to bounds of its own"
    if moved:
        st.markdown(
            f"Every pixel is limited {which}: {number(moved)} of {number(done.values)} training values lie beyond "
            f"({share(moved, done.values)}), {number(done.below)} below and {number(done.above)} above; "
            f"{number(done.touched_images)} of {number(done.images)} images change."
        )
    else:
        st.markdown(
            f"All {number(done.values)} training values stay: "
            "this clamp equals no clamp on the images it was fitted on."
        )
    for note, count in bounds.notes[:3]:
        st.caption(f"{number(count)} pixels: {escape(note, 300)}.")


def _table(channels: Sequence[pixels.Channel], done: pixels.Touched) -> None:
    """One line a channel: its range in the training images, its bounds, and what lies beyond."""
    import pandas as pd

    lines = [
        {
            "channel": each.name or "grey",
            "least": number(each.least),
            "most": number(each.most),
            "lo": "each its own" if each.lo is None else number(each.lo),
            "hi": "each its own" if each.hi is None else number(each.hi),
            "below": each.below,
            "above": each.above,
            "touched": share(each.below + each.above, done.images * len(each.places)),
        }
        for each in channels
    ]
    spreadsheet.table(pd.DataFrame(lines), hide_index=True, alt="Range and bounds of each channel")


def _histogram(
    draft: drafts.Draft, table: Table, bounds: pixels.PixelBounds, channels: Sequence[pixels.Channel]
) -> None:
    rows = pixels.sample(table)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        log = st.toggle("Logarithmic counts", value=True, key="clamp.log", help="Shows rare values.")
        picked = ALL
        if len(channels) > 1:
            names = [ALL, *(channel.name for channel in channels)]
            picked = st.segmented_control(
                "Channel", names, default=ALL, required=True, key="clamp.channel", label_visibility="collapsed"
            )  # fmt: skip
    chosen = next((channel for channel in channels if channel.name == picked), None)
    places = np.arange(len(table.features)) if chosen is None else chosen.places
    values = table.inputs[rows][:, places].astype(np.float64).ravel()
    after = pixels.clamped(table, rows, bounds)[:, places].ravel()
    edges = clamping.whole_range(values)
    shared = bounds.common if chosen is None else (chosen.lo, chosen.hi)
    lines = (
        Bounds(shared[0], shared[1]) if shared and shared[0] is not None and shared[1] is not None else None
    )
    figure = column_histogram(
        "pixel value", clamping.histogram(values, edges), palette(st.context.theme.type), lines,
        clamping.histogram(after, edges), log_counts=log, unit="pixels",
    )  # fmt: skip
    said = "Pixel values before and after the clamp"
    drawing = Drawing(said, figure, said, heading=False, selects=True)
    dragged = drawn([drawing], key=f"pixels:{draft.version}:{picked}")
    whom = "all pixels" if chosen is None else f"the {chosen.name} channel"
    st.caption(
        f"The inputs of {number(len(rows))} training images"
        + (f", evenly chosen from {number(len(table.train))}" if len(rows) < len(table.train) else "")
        + f". Drag across the histogram to limit {whom} to that range."
    )
    if dragged is not None:
        low, high = (round(edge, 1) for edge in dragged)
        limits = Choice.of("fixed", lo=low, hi=high)
        if chosen is None:
            drafts.change_inputs(draft, default=limits, channels={})
        else:
            drafts.change_inputs(draft, channels={**draft.recipe.inputs.channels, chosen.name: limits})
        st.rerun()
