"""How images are read: shown as choices."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import streamlit as st

from clipviz.core.dataset import ImageReading, Reading
from clipviz.datasets.images import shapes
from clipviz.ui.guessed import choice
from clipviz.ui.text import plain

_FITS = {"crop": "scale and crop", "pad": "scale and pad", "stretch": "stretch"}
_GROUNDS = {"white": "white", "black": "black"}
_ORDERS = {"pixels": "pixel by pixel (RGBRGB)", "planes": "channel by channel (RRGGBB)"}
_LABELS = {"first": "in the first column", "last": "in the last column", "none": "not in this table"}
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")


def form(how: Reading, key: str, choices: Mapping[str, Sequence[str]] = {}) -> Reading:
    """Widgets for a reading of images; "guess" leaves a choice to the reader. choices: columns that may hold labels.

    Raises UnreadableFile for a bad shape.
    """
    given = how.images or ImageReading()
    left, middle, right = st.columns(3)
    with left:
        shape = st.text_input(
            "Shape",
            value=given.shape or "",
            key=f"{key}.shape",
            placeholder="guess",
            help="Height x width for grey, height x width x 3 for colour: 28x28, 32x32x3. Files are brought to it; "
            "rows of values must fit it.",
        )
    values: dict[str, Any] = given.model_dump()
    values["shape"] = (
        str(shapes.parse(shape.strip().lower().replace("×", "x").replace(" ", ""))) if shape else None
    )
    with middle:
        if how.format == "pixel_table":
            values["label"] = choice("Label", _LABELS, given.label, f"{key}.label")
        else:
            values["fit"] = choice("Images of other sizes", _FITS, given.fit, f"{key}.fit")
    with right:
        if how.format in ("pixel_table", "numpy_arrays", "idx"):
            values["order"] = choice("Colour order", _ORDERS, given.order, f"{key}.order")
        else:
            values["background"] = choice("Background", _GROUNDS, given.background, f"{key}.background")
    columns = {name: plain(name, 40) for name in choices.get("label_column", ())}
    if columns:
        with left:
            values["label_column"] = choice(
                "Column of labels", columns, given.label_column, f"{key}.label_column"
            )
    changed: dict[str, Any] = {"images": ImageReading.model_validate(values)}
    if how.format == "pixel_table":
        with left:
            names = {True: "holds the names", False: "is already data"}
            changed["header"] = choice("First row", names, how.header, f"{key}.header")
    return how.model_copy(update=changed)


def start(name: str) -> Reading:
    """Where to begin with a file that is said to hold images: a table must be said to be one of pixels."""
    table = PurePath(name.lower()).suffix in _TABLES
    return Reading(format="pixel_table" if table else None, images=ImageReading())
