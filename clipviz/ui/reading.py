"""How a file was read: shown as choices, with a preview of what another choice would give."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from clipviz.core.dataset import NUMERIC, Dataset, ImageReading, Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.profile import ColumnProfile
from clipviz.datasets import ingest
from clipviz.datasets.images import shapes
from clipviz.datasets.images.offer import looks_like_images
from clipviz.ui import header, image_reading, state, tables
from clipviz.ui.guessed import choice
from clipviz.ui.text import counted, escape, number, plain

_DELIMITERS = {",": "comma ,", ";": "semicolon ;", "\t": "tab", "|": "pipe |", " ": "space"}
_THOUSANDS = {"": "none", ",": "comma ,", ".": "point .", " ": "space", "'": "apostrophe '"}
AGAIN = " (read again)"
_ENCODINGS = ("utf-8", "windows-1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be")


def form(how: Reading, key: str, sheets: tuple[str, ...] = ()) -> Reading:
    """Widgets for a reading; "guess" leaves a choice to the reader."""
    values: dict[str, Any] = how.model_dump()
    left, middle, right = st.columns(3)
    with left:
        if how.format != "excel":
            values["delimiter"] = choice("Delimiter", _DELIMITERS, how.delimiter, f"{key}.delimiter")
        elif sheets:
            values["sheet"] = choice(
                "Sheet", {name: plain(name) for name in sheets}, how.sheet, f"{key}.sheet"
            )
        values["header"] = choice(
            "First row", {True: "holds the names", False: "is already data"}, how.header, f"{key}.header"
        )
    if how.format != "excel":
        with middle:
            marks = {".": "point 1.5", ",": "comma 1,5"}
            values["decimal"] = choice("Decimal mark", marks, how.decimal, f"{key}.decimal")
            values["thousands"] = choice("Thousands mark", _THOUSANDS, how.thousands, f"{key}.thousands")
        with right:
            known = {
                name: name for name in dict.fromkeys([*_ENCODINGS, *([how.encoding] if how.encoding else [])])
            }
            values["encoding"] = choice("Encoding", known, how.encoding, f"{key}.encoding")
    shown = ", ".join(word for word in how.missing or () if word)
    with right:
        words = st.text_input(
            "Missing-value words",
            value=shown,
            key=f"{key}.missing",
            placeholder="guess",
            help="Cells with exactly one of these words, and empty cells, count as missing.",
        )
    if words != shown:
        values["missing"] = tuple(word.strip() for word in (words or "").split(",") if word.strip()) or None
    return Reading.model_validate(values)


@st.cache_data(max_entries=32, show_spinner=False)
def _seen(source: str, how: str) -> ingest.Preview:
    """A preview, once for all who look: neither the kept bytes nor a reading ever change. Raises UnreadableFile."""
    return ingest.preview(source, Reading.model_validate_json(how), state.settings())


def change(dataset: Dataset) -> None:
    """The reading of a stored dataset; another one gives another dataset, and the old one stays."""
    images = dataset.image is not None
    try:
        how = (image_reading.form if images else form)(dataset.reading, f"reading:{dataset.id}")
        seen = _seen(dataset.source, how.model_dump_json())
    except ClipvizError as error:
        header.problem(error)
        return
    if images:
        st.dataframe(
            tables.preview_images(seen), hide_index=True, height=240, row_height=56,
            column_config=tables.IMAGES, alt="The first images as they would be read",
        )  # fmt: skip
    else:
        st.dataframe(
            tables.preview(seen), hide_index=True, height=240, alt="The first rows as they would be read"
        )
    for sentence in seen.sentences if images else [*seen.sentences, *_other_types(dataset, seen)]:
        st.caption(escape(sentence, 300))
    if how == dataset.reading:
        st.caption(
            "This is how the dataset was read. Change a choice to see the first rows read in that way."
        )
    elif how.decimal and how.decimal == how.thousands:
        st.error("The decimal mark and the thousands mark must differ.")
    elif st.button("Read the whole file this way", type="primary", key=f"reread:{dataset.id}"):
        again(dataset, how)
    if dataset.reading.format == "pixel_table" and st.button("Read it as a table instead"):
        again(dataset, Reading())


def offer_images(dataset: Dataset, profiles: Sequence[ColumnProfile]) -> None:
    """For a table that looks like images: says so, and reads it as such when that is wanted."""
    shape = looks_like_images(dataset, profiles)
    if shape is None:
        return
    with st.container(border=True):
        st.markdown(
            f"These columns look like **{shape} images**: "
            f"{number(shape.values)} whole numbers from 0 to 255 in each row. Read them as images?"
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            said = st.text_input(
                "Shape", value=str(shape), key=f"offer:{dataset.id}", width=140,
                help="Height x width, or height x width x 3 for colour.",
            )  # fmt: skip
            if st.button("Read as images", type="primary", icon=":material/image:"):
                how = dataset.reading.model_copy(update={"format": "pixel_table"})
                try:
                    given = ImageReading(shape=str(shapes.parse(said.strip())))
                except ClipvizError as error:
                    header.problem(error)
                else:
                    again(dataset, how.model_copy(update={"images": given}))


def _other_types(dataset: Dataset, seen: ingest.Preview) -> list[str]:
    """Which columns would become text, from the first rows: a wrong mark turns numbers into words."""
    before = {column.name: column.kind for column in dataset.columns}
    moved = [
        column.name
        for column in seen.columns
        if before.get(column.name, column.kind) in NUMERIC and column.kind not in NUMERIC
    ]
    return [f"No longer numbers: {', '.join(moved)}"] if moved else []


def again(dataset: Dataset, how: Reading) -> None:
    """Reads the file of a dataset in another way, and opens what comes of it."""
    try:
        with st.spinner(f"Reading {counted(dataset.rows, 'row')} again …"):
            other = ingest.ingest(
                dataset.source,
                f"{dataset.name.removesuffix(AGAIN)}{AGAIN}",
                state.settings(),
                how,
                state.me(),
                target=dataset.target,
                origin=dataset.origin,
            )
        other = state.store().datasets.add(other)
    except ClipvizError as error:
        header.problem(error)
    else:
        state.open_dataset(other.id)
        st.rerun()
