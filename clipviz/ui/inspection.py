"""Where a run is right and where it is wrong, on its test rows."""

from typing import Any

import pandas as pd
import streamlit as st

from clipviz.charts.confusion import confusion
from clipviz.charts.layout import literal
from clipviz.charts.palette import palette
from clipviz.charts.predictions import predictions
from clipviz.core.inspection import FILE, OTHER, Inspection
from clipviz.core.run import Run
from clipviz.core.table import Table
from clipviz.ui import results, spreadsheet, state
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.tables import unique
from clipviz.ui.text import counted, escape, number, plain

MOST_COLUMNS = 12
PICTURES = 8
PICTURE_SIDE = 96
WORDS = 60
FEW = 30


def read(run: Run) -> Inspection | None:
    """What the worker left in the run's folder; None where there is none, or it was left by another version."""
    try:
        return Inspection.model_validate_json((state.settings().runs / run.id / FILE).read_bytes())
    except (OSError, ValueError):
        return None


def show(run: Run, table: Table | None) -> None:
    """Predictions against the truth, metrics of clamped rows against the others, and the rows most wrong."""
    found = read(run)
    if found is None or table is None:
        return
    st.subheader("Where it is right and wrong")
    st.markdown(in_words(found))
    left, right = st.columns(2, gap="large")
    with left:
        drawn([_drawing(found, table)], key=f"inspection:{run.id}", least=320)
    with right:
        if found.clamped:
            st.markdown("**Rows with a clamped input against the others**")
            spreadsheet.table(
                metrics(found), alt="Test metrics on rows with a clamped input and on the others"
            )
        if found.worst:
            st.markdown("**The rows it gets most wrong**")
            if table.image:
                _pictures(found, table)
            else:
                spreadsheet.table(
                    worst(found, table), hide_index=True, alt="The test rows with the largest errors"
                )
        else:
            st.caption("It is right on every one of them.")


def in_words(found: Inspection) -> str:
    """How many rows were looked at, and how clamped ones are predicted."""
    said = f"On {counted(found.rows, 'test row')}"
    if not found.clamped_rows:
        return f"{said}; no input clamp touched any of them."
    name = next(name for name in results.MAIN if name in (found.clamped or found.untouched))
    one, other = found.clamped.get(name), found.untouched.get(name)
    said += f", {number(found.clamped_rows)} of them with an input beyond its bounds"
    if one is None or other is None:
        return f"{said}."
    few = "; so few rows judge nothing" if found.clamped_rows < FEW else ""
    return f"{said}: test {results.TITLES[name]} {number(one)} on these, {number(other)} on the others{few}."


def metrics(found: Inspection) -> pd.DataFrame:
    """Metrics of the rows with a clamped input, and of the others."""
    parts = {
        f"clamped ({number(found.clamped_rows)})": found.clamped,
        f"untouched ({number(found.rows - found.clamped_rows)})": found.untouched,
    }
    return pd.DataFrame(
        {
            results.TITLES.get(name, name): [number(part.get(name)) for part in parts.values()]
            for name in found.clamped
        },
        index=pd.Index(parts, name="rows"),
    )


def worst(found: Inspection, table: Table) -> pd.DataFrame:
    """The rows most wrong with what the network was given, the first columns of many."""
    given: dict[str, list[str]] = {"row": [], "true": [], "predicted": [], "error": [], "clamped": []}
    for wrong in found.worst:
        given["row"].append(number(wrong.row + 1))
        given["true"].append(_spelled(wrong.truth, table))
        given["predicted"].append(_spelled(wrong.said, table))
        given["error"].append(number(wrong.size))
        given["clamped"].append("yes" if wrong.clamped else "")
    if table.words:
        given["text"] = [_text(table, wrong.place) for wrong in found.worst]
    shown = [(at, each) for at, each in enumerate(table.features) if not each.token][:MOST_COLUMNS]
    names = unique([*given, *(each.name for _, each in shown)])[len(given) :]
    for name, (at, feature) in zip(names, shown, strict=True):
        given[name] = [_cell(float(table.inputs[wrong.place, at]), feature.levels) for wrong in found.worst]
    return pd.DataFrame(given)


def _drawing(found: Inspection, table: Table) -> Drawing:
    colours = palette(st.context.theme.type)
    if found.task == "regression":
        target = literal(plain(table.target_name, 40))
        alt = f"Predicted against true {plain(table.target_name, 40)} of {counted(len(found.points), 'test row')}"
        note = "A point a row; on the dashed line a prediction is right."
        return Drawing("Predictions against truth", predictions(found.points, target, colours), alt, note)
    names = [_class(code, table) for code in found.classes]
    alt = "Counts of test rows by true and predicted class"
    note = "Rows of a true class across the classes predicted; the diagonal is right."
    return Drawing("Confusion matrix", confusion(found.confusion, names, colours), alt, note)


def _pictures(found: Inspection, table: Table) -> None:
    assert table.image is not None
    for cell, wrong in zip(st.columns(4) * 2, found.worst[:PICTURES], strict=False):
        pixels = table.inputs[wrong.place].reshape(table.image)
        white = 65_535 if pixels.dtype.itemsize == 2 else 255
        eight = (pixels.astype("float64") * (255 / white)).clip(0, 255).astype("uint8")
        times = max(1, PICTURE_SIDE // max(eight.shape[:2]))  # square pixels, not a blur
        eight = eight.repeat(times, axis=0).repeat(times, axis=1)
        truth, said = _spelled(wrong.truth, table), _spelled(wrong.said, table)
        cell.image(
            eight[:, :, 0] if eight.shape[2] == 1 else eight,
            output_format="PNG",
            caption=f"{escape(truth, 24)}, taken for {escape(said, 24)}",
            alt=f"Row {wrong.row + 1}: {plain(truth, 40)} taken for {plain(said, 40)}",
        )


def _spelled(value: float | None, table: Table) -> str:
    """A value of the target, or the name of a class."""
    if table.task == "regression" or value is None:
        return "not finite" if value is None else number(value)
    return _class(int(value), table)


def _class(code: int, table: Table) -> str:
    return "others" if code == OTHER else plain(table.classes[code], 60)


def _cell(value: float, levels: tuple[str, ...]) -> str:
    if levels:
        return plain(levels[int(value)], 60) if 0 <= value < len(levels) else "missing"
    return "missing" if value != value else number(value)


def _text(table: Table, place: int) -> str:
    """The beginning of the text of a row, as the network read it."""
    at: list[Any] = [place for place, each in enumerate(table.features) if each.token]
    ids = [int(code) for code in table.inputs[place, at] if code > 0][:WORDS]
    return plain(" ".join(table.words[code - 2] if code > 1 else "?" for code in ids), 300)
