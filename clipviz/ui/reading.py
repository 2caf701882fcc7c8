"""How a file was read: shown as choices, with a preview of what another choice would give."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from clipviz.core.dataset import NUMERIC, Dataset, Reading
from clipviz.core.errors import ClipvizError
from clipviz.datasets import ingest
from clipviz.ui import header, state, tables
from clipviz.ui.text import escape, plain

_DELIMITERS = {",": "comma ,", ";": "semicolon ;", "\t": "tab", "|": "pipe |", " ": "space"}
_THOUSANDS = {"": "none", ",": "comma ,", ".": "point .", " ": "space", "'": "apostrophe '"}
_ENCODINGS = ("utf-8", "windows-1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be")


def form(how: Reading, key: str, sheets: tuple[str, ...] = ()) -> Reading:
    """Widgets for a reading; "guess" leaves a choice to the reader."""
    values: dict[str, Any] = how.model_dump()
    left, middle, right = st.columns(3)
    with left:
        if how.format != "excel":
            values["delimiter"] = _choice("Delimiter", _DELIMITERS, how.delimiter, f"{key}.delimiter")
        elif sheets:
            values["sheet"] = _choice(
                "Sheet", {name: plain(name) for name in sheets}, how.sheet, f"{key}.sheet"
            )
        values["header"] = _choice(
            "First row", {True: "holds the names", False: "is already data"}, how.header, f"{key}.header"
        )
    if how.format != "excel":
        with middle:
            marks = {".": "point 1.5", ",": "comma 1,5"}
            values["decimal"] = _choice("Decimal mark", marks, how.decimal, f"{key}.decimal")
            values["thousands"] = _choice("Thousands mark", _THOUSANDS, how.thousands, f"{key}.thousands")
        with right:
            known = {
                name: name for name in dict.fromkeys([*_ENCODINGS, *([how.encoding] if how.encoding else [])])
            }
            values["encoding"] = _choice("Encoding", known, how.encoding, f"{key}.encoding")
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


def _choice(label: str, options: dict[Any, str], value: Any, key: str) -> Any:
    known = [None, *options]
    return st.selectbox(
        label,
        known,
        index=known.index(value) if value in known else 0,
        key=key,
        format_func=lambda option: "guess" if option is None else options[option],
    )


def change(dataset: Dataset, read_again: Callable[[Dataset, Reading], None]) -> None:
    """The reading of a stored dataset; another one gives another dataset, and the old one stays.

    read_again: begins to read the dataset's upload in another way.
    """
    how = form(dataset.reading, f"reading:{dataset.id}")
    try:
        seen = ingest.preview(dataset.source, how, state.settings())
    except ClipvizError as error:
        header.problem(error)
        return
    st.dataframe(
        tables.preview(seen), hide_index=True, height=240, alt="The first rows as they would be read"
    )
    for sentence in [*seen.sentences, *_other_types(dataset, seen)]:
        st.caption(escape(sentence, 300))
    if how == dataset.reading:
        st.caption(
            "This is how the dataset was read. Change a choice to see the first rows read in that way."
        )
    elif how.decimal and how.decimal == how.thousands:
        st.error("The decimal mark and the thousands mark must differ.")
    elif st.button("Read the whole file this way", type="primary", key=f"reread:{dataset.id}"):
        read_again(dataset, how)


def _other_types(dataset: Dataset, seen: ingest.Preview) -> list[str]:
    """Which columns would become text, from the first rows: a wrong mark turns numbers into words."""
    before = {column.name: column.kind for column in dataset.columns}
    moved = [
        column.name
        for column in seen.columns
        if before.get(column.name, column.kind) in NUMERIC and column.kind not in NUMERIC
    ]
    return [f"No longer numbers: {', '.join(moved)}"] if moved else []
