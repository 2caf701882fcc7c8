"""A table on a page, and the same as a file for a spreadsheet, in which no text is taken for a formula."""

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Any

import streamlit as st

from clipviz.datasets import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

LETTER, LINE, ROW = 6, 20, 35
"""Width of a letter and height of a line of text in a cell, and of a row of one line, in pixels."""
WRAPS = 66
"""Height of a row from which on Streamlit wraps text at all: more than 4 rem."""
MOST_ROWS, TALLEST = 6, 720
"""Most lines of a name in a cell, and pixels beyond which a table scrolls."""
NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?( ?%)?", re.IGNORECASE)


def table(frame: "pd.DataFrame", alt: str, key: str = "", **words: Any) -> Any:
    """Shows a frame as `st.dataframe` does, with its CSV below; returns what that returns.

    key: of the table; without one the download goes by `alt`, which then is unlike that of other tables of the page.
    words: further ones of `st.dataframe`.
    """
    shown = st.dataframe(frame, alt=alt, key=key or None, **words)
    offer(frame, alt, key, index=not words.get("hide_index", False))
    return shown


def room(names: "Sequence[str]", width: int, rows: int) -> dict[str, int]:
    """Words of `st.dataframe` for so many rows, all of one height, in which the longest of these names is read in full
    in a column of such a width; none where one line is enough."""
    longest = max(map(len, names), default=0)
    lines = min(MOST_ROWS, -(-longest // max(1, (width - 20) // LETTER)))
    if lines < 2:
        return {}
    row = max(WRAPS, ROW + LINE * (lines - 1))
    return {"row_height": row, "height": min(ROW + rows * row + 3, TALLEST)}


def offer(frame: "pd.DataFrame", name: str, key: str = "", index: bool = False) -> None:
    """A small button that downloads a frame as CSV; index: with the names of its rows."""
    with st.container(horizontal=True, horizontal_alignment="right", key=f"csv-of:{key or name}"):
        st.download_button(
            "CSV",
            lambda: text(frame, index).encode(),
            file_name=f"clipviz-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:60]}.csv",
            mime="text/csv",
            key=f"csv:{key or name}",
            help=f"Download as a file: {name}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def text(frame: "pd.DataFrame", index: bool = False) -> str:
    """A frame as CSV. Whatever begins like a formula, column names among it, gets an apostrophe before it."""
    kept = frame.reset_index(names="") if index else frame
    said = io.StringIO()
    writer = csv.writer(said, lineterminator="\n")
    writer.writerow([cell(name) for name in kept.columns])
    writer.writerows([cell(value) for value in row] for row in kept.itertuples(index=False, name=None))
    return said.getvalue()


def cell(value: Any) -> str:
    """One value as text; nothing for None and NaN, numbers in full, a list with blanks between."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | tuple):
        return " ".join(cell(each) for each in value)
    said = str(value)
    return said if NUMBER.fullmatch(said) else files.neutral(said)
