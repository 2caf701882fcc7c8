"""How rows are dealt out to train, choose and judge: the choice, and what came of it."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Split
from clipviz.core.table import Table
from clipviz.datasets.given_parts import PART
from clipviz.ui import drafts, forms, spreadsheet
from clipviz.ui.text import escape, number, plain, share

if TYPE_CHECKING:
    import pandas as pd

KINDS = {
    "random": "at random",
    "stratified": "stratified",
    "group": "whole groups",
    "time": "by time",
    "given": "as given",
}
_ABOUT = {
    "random": "Every row has the same chance to be in each part.",
    "stratified": "Each part holds the same share of every class (or of every tenth of the range).",
    "group": "Rows of one group, such as a patient or a household, are never in two parts.",
    "time": "The latest rows judge, those before them choose, the earliest train.",
    "given": "As a column says: train, validation or test. A part that it lacks is drawn from the training rows.",
}
MOST_CLASSES = 12


def form(dataset: Dataset, split: Split, target: str, draft: drafts.Draft) -> Split:
    """Widgets for a split; the former one stays while a column is still to be picked."""
    left, right = st.columns(2)
    with left:
        kind = st.selectbox(
            "Rows are dealt out",
            list(KINDS),
            index=list(KINDS).index(split.kind),
            format_func=lambda kind: KINDS[kind],
            key=draft.key("split.kind"),
        )
    column = None
    if kind != "random":
        with right:
            now = split.column if split.kind == kind else None
            column = _column(dataset, kind, now, target, draft)
    st.caption(_ABOUT[kind])
    shares = forms.fields(Split, split.model_dump(), draft.key("split"), names=("validation", "test", "seed"))
    if kind in ("group", "time", "given") and column is None:
        st.info("Pick the column to split by; until then rows are dealt out as before.")
        return split.model_copy(update=shares)
    return Split.model_validate({**shares, "kind": kind, "column": column})


def _column(dataset: Dataset, kind: str, now: str | None, target: str, draft: drafts.Draft) -> str | None:
    usable = [column.name for column in dataset.columns if column.name != target and column.kind != "empty"]
    if kind == "time":
        kinds = ("date", "number", "integer")
        usable = [name for name in usable if (known := dataset.column(name)) and known.kind in kinds]
        usable.sort(key=lambda name: (known := dataset.column(name)) is not None and known.kind != "date")
    if kind == "given":
        usable = [name for name in usable if (known := dataset.column(name)) and known.kind == "category"]
        now = now or (PART if dataset.image and PART in usable else None)
    return st.selectbox(
        {"stratified": "Strata", "group": "Group", "time": "Time", "given": "Part"}[kind],
        usable,
        index=usable.index(now) if now in usable else None,
        format_func=lambda name: escape(name, 40),
        placeholder="the target" if kind == "stratified" else "pick a column",
        key=draft.key(f"split.column:{kind}"),
    )


def outcome(table: Table) -> None:
    """Rows of each part, and how its target is distributed."""
    spreadsheet.table(parts(table), hide_index=True, alt="Rows and targets of the three parts")
    if len(table.classes) > MOST_CLASSES:
        st.caption(f"The {MOST_CLASSES} commonest of {number(len(table.classes))} classes are shown.")


def parts(table: Table) -> "pd.DataFrame":
    """One line a part: rows, and the share of each class, or median and mean of the target."""
    import pandas as pd

    lines = []
    counts = np.bincount(table.target.astype(int)) if table.classes else np.empty(0)
    commonest = np.argsort(-counts, kind="stable")
    for name, rows in (("training", table.train), ("validation", table.validation), ("test", table.test)):
        target = table.target[rows]
        line: dict[str, object] = {"part": name, "rows": len(rows)}
        if table.classes:
            for code in commonest[:MOST_CLASSES]:
                line[plain(table.classes[code], 30)] = share(int((target == code).sum()), len(target))
        else:
            line |= {"target, median": number(float(np.median(target))), "mean": number(float(target.mean()))}
            line["least"], line["greatest"] = number(float(target.min())), number(float(target.max()))
        lines.append(line)
    return pd.DataFrame(lines)
