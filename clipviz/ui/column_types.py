"""The type of one column: as decided, or as a person says; remembered with the dataset."""

import streamlit as st

from clipviz.core.dataset import Dataset, Kind
from clipviz.ui import uploads
from clipviz.ui.text import escape

WORDS: dict[Kind, str] = {
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "category": "category",
    "date": "date",
    "text": "text",
}


def override(dataset: Dataset, name: str) -> None:
    """A choice of types for a column; another one reads the file again, as another dataset."""
    column = dataset.column(name)
    if column is None:
        return
    place = dataset.columns.index(column)
    chosen = dataset.reading.kinds.get(name)
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    wanted = left.selectbox(
        "Type",
        [None, *WORDS],
        index=[None, *WORDS].index(chosen),
        format_func=lambda kind: "as decided from the cells" if kind is None else WORDS[kind],
        key=f"type:{dataset.id}:{place}",
        help="Cells that are not of this type make their row a rejected one. The choice is kept with the dataset.",
    )
    with right:
        if wanted == chosen:
            if chosen:
                st.caption("Somebody chose this type; the cells did not decide it.")
        elif st.button(
            f"Read {escape(name, 40)} as {WORDS[wanted] if wanted else 'decided'}",
            key=f"retype:{dataset.id}:{place}",
        ):
            kinds = {key: kind for key, kind in dataset.reading.kinds.items() if key != name}
            kinds |= {name: wanted} if wanted else {}
            uploads.read_again(dataset, dataset.reading.model_copy(update={"kinds": kinds}))
