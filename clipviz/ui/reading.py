"""How a file was read: shown as choices, with a preview of what another choice would give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from clipviz.core.dataset import NUMERIC, Dataset, ImageReading, Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.profile import ColumnProfile
from clipviz.datasets import files, ingest, sentences
from clipviz.datasets.images import shapes
from clipviz.datasets.images.offer import looks_like_images
from clipviz.ui import header, image_reading, state, tables
from clipviz.ui.guessed import choice
from clipviz.ui.reading_encodings import offered
from clipviz.ui.text import escape, number, plain

ReadAgain = Callable[[Dataset, Reading], None]
"""Begins to read the upload of a dataset in another way."""
_DELIMITERS = {",": "comma ,", ";": "semicolon ;", "\t": "tab", "|": "pipe |", " ": "space",
               "^": "caret ^", "~": "tilde ~", ":": "colon :"}  # fmt: skip
_THOUSANDS = {"": "none", ",": "comma ,", ".": "point .", " ": "space", "'": "apostrophe '"}
_ORDERS = {"day": "the day is first", "month": "the month is first"}


def form(how: Reading, key: str, choices: Mapping[str, Sequence[str]] = {}) -> Reading:
    """Widgets for a reading; "guess" leaves a choice to the reader. choices: sheets or files that may be picked."""
    values: dict[str, Any] = how.model_dump()
    text = how.format in (None, "delimited")
    named = text or how.format == "excel"
    left, middle, right = st.columns(3)
    with left:
        for field, label in (("member", "File in the archive"), ("sheet", "Sheet")):
            if len(choices.get(field, ())) > 1:
                options = {name: plain(name) for name in choices[field]}
                values[field] = choice(label, options, values[field], f"{key}.{field}")
        if text:
            values["delimiter"] = choice("Delimiter", _DELIMITERS, how.delimiter, f"{key}.delimiter")
        if named:
            values["header"] = choice(
                "First row",
                {True: "holds the names", False: "is already data"},
                how.header,
                f"{key}.header",
            )
    with middle:
        if named:
            marks = {".": "point 1.5", ",": "comma 1,5"}
            values["decimal"] = choice("Decimal mark", marks, how.decimal, f"{key}.decimal")
            values["thousands"] = choice("Thousands mark", _THOUSANDS, how.thousands, f"{key}.thousands")
        values["date_order"] = choice(
            "Dates like 3/4/2020", _ORDERS, how.date_order, f"{key}.date_order", "as the cells say"
        )
    with right:
        if text or how.format == "jsonlines":
            values["encoding"] = choice("Encoding", offered(how.encoding), how.encoding, f"{key}.encoding")
        values["missing"] = _missing(how, key)
        if named:
            values |= _above(how, key, text)
    return Reading.model_validate(values)


def _missing(how: Reading, key: str) -> tuple[str, ...] | None:
    shown = ", ".join(word for word in how.missing or () if word)
    words = st.text_input(
        "Missing-value words",
        value=shown,
        key=f"{key}.missing",
        placeholder="guess",
        help="Cells with exactly one of these words, and empty cells, count as missing.",
    )
    if words == shown:
        return how.missing
    return tuple(word.strip() for word in (words or "").split(",") if word.strip()) or None


def _above(how: Reading, key: str, text: bool) -> dict[str, Any]:
    """Choices about what lies above the rows; only what is changed here replaces a guess."""
    changed: dict[str, Any] = {}
    with st.popover("Above the table", icon=":material/vertical_align_top:"):
        rows = int(
            st.number_input(
                "Rows of names", 1, 5, how.header_rows or 1, key=f"{key}.header_rows",
                help="Names in several rows are joined: 2020 / weight.",
            )
        )  # fmt: skip
        if rows != (how.header_rows or 1):
            changed["header_rows"] = rows
        skip = int(
            st.number_input(
                "Lines to skip", 0, 1000, how.skip or 0, key=f"{key}.skip",
                help="Such as a title; blank lines and comments are not counted.",
            )
        )  # fmt: skip
        changed |= {"skip": skip} if skip != (how.skip or 0) else {}
        if text:
            comment = st.text_input(
                "Comment mark", how.comment or "", max_chars=5, key=f"{key}.comment",
                help="Lines that begin with it are passed over.",
            )  # fmt: skip
            changed |= {"comment": comment} if comment != (how.comment or "") else {}
    return changed


@st.cache_data(max_entries=32, show_spinner=False)
def _seen(source: str, how: str, name: str) -> ingest.Preview:
    """A preview, once for all who look: neither the kept bytes nor a reading ever change. Raises UnreadableFile."""
    return ingest.preview(source, Reading.model_validate_json(how), state.settings(), name=name)


def change(dataset: Dataset, read_again: ReadAgain) -> None:
    """The reading of a stored dataset; another one gives another dataset, and the old one stays."""
    key = f"reading:{dataset.id}"
    try:
        as_it_is = _seen(dataset.source, dataset.reading.model_dump_json(), dataset.name)
        widgets = image_reading.form if dataset.image else form
        how = widgets(dataset.reading, key, as_it_is.choices)
        seen = _seen(dataset.source, how.model_dump_json(), dataset.name)
    except ClipvizError as error:
        header.problem(error)
        return
    _first(dataset, seen)
    for sentence in (
        remarks(dataset) if how == dataset.reading else [*seen.sentences, *_other_types(dataset, seen)]
    ):
        st.caption(escape(sentence, 300))
    if how == dataset.reading:
        st.caption(
            "This is how the dataset was read. Change a choice to see the first rows read in that way."
        )
    elif how.decimal and how.decimal == how.thousands:
        st.error("The decimal mark and the thousands mark must differ.")
    elif st.button("Read the whole file this way", type="primary", key=f"reread:{dataset.id}"):
        read_again(dataset, how)
    if dataset.reading.format == "pixel_table" and st.button("Read it as a table instead"):
        read_again(dataset, Reading(member=dataset.reading.member))


def remarks(dataset: Dataset) -> list[str]:
    """What is to be said of how a stored dataset was read, each thing once."""
    noticed = files.notes(state.settings(), dataset.id)
    try:
        seen = _seen(dataset.source, dataset.reading.model_dump_json(), dataset.name)
    except ClipvizError:
        return noticed
    return sentences.whole(seen.sentences, noticed)


def _first(dataset: Dataset, seen: ingest.Preview) -> None:
    if dataset.image:
        st.dataframe(
            tables.preview_images(seen), hide_index=True, height=240, row_height=56,
            column_config=tables.IMAGES, alt="The first images as they would be read",
        )  # fmt: skip
    else:
        st.dataframe(
            tables.preview(seen), hide_index=True, height=240, alt="The first rows as they would be read"
        )


def offer_images(dataset: Dataset, profiles: Sequence[ColumnProfile], read_again: ReadAgain) -> None:
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
                how = dataset.reading.model_copy(update={"format": "pixel_table", "kinds": {}})
                try:
                    given = ImageReading(shape=str(shapes.parse(said.strip())))
                except ClipvizError as error:
                    header.problem(error)
                else:
                    read_again(dataset, how.model_copy(update={"images": given}))


def _other_types(dataset: Dataset, seen: ingest.Preview) -> list[str]:
    """Which columns would become text, from the first rows: a wrong mark turns numbers into words."""
    before = {column.name: column.kind for column in dataset.columns}
    moved = [
        column.name
        for column in seen.columns
        if before.get(column.name, column.kind) in NUMERIC and column.kind not in NUMERIC
    ]
    return [f"No longer numbers: {', '.join(moved)}"] if moved else []
