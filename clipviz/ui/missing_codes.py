"""Numbers of a column that look like words for a missing value, and the click that makes them so."""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.profile import ColumnProfile
from clipviz.datasets.header import MISSING
from clipviz.ui import uploads
from clipviz.ui.text import counted, escape


def offer(dataset: Dataset, profile: ColumnProfile) -> None:
    """Says which values look like codes; a click reads the file again with them as words for a missing value."""
    if not profile.codes or dataset.image is not None:
        return
    codes = [f"{value:g}" for value, _ in profile.codes]
    said = " and ".join(codes)
    stands = "stands" if len(codes) == 1 else "stand"
    times = sum(count for _, count in profile.codes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"{said} in **{escape(profile.name)}** ({counted(times, 'cell')}) {stands} far from all other "
            "values, as codes for a missing one do.",
            icon=":material/help:",
        )
        place = [column.name for column in dataset.columns].index(profile.name)
        if st.button(
            f"Read {said} as missing",
            key=f"codes:{dataset.id}:{place}",
            help="In every column of the file: it is read again, as another dataset.",
        ):
            uploads.read_again(dataset, dataset.reading.model_copy(update={"missing": words(dataset, codes)}))


def words(dataset: Dataset, codes: list[str]) -> tuple[str, ...]:
    """The words for a missing value of a dataset, and codes in the spellings that files have them in."""
    reading = dataset.reading
    known = MISSING if reading.missing is None else reading.missing
    whole = dict.fromkeys(each for code in codes for each in (code, _grouped(code, reading.thousands or "")))
    marks = dict.fromkeys((".", reading.decimal or "."))
    endings = ("", *(f"{mark}{zeros}" for mark in marks for zeros in ("0", "00")))
    return tuple(dict.fromkeys([*known, *(f"{code}{ending}" for code in whole for ending in endings)]))


def _grouped(code: str, mark: str) -> str:
    return f"{int(code):,}".replace(",", mark)
