"""The parts of the Clamp page that are tables and pickers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.analysis.suggesting import Suggested, most_worth
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.policies import fitting
from clipviz.ui import drafts, forms, state, tables
from clipviz.ui.text import counted, escape, number, plain, share

MOST_COLUMNS = 60


def column_picker(columns: list[str], dataset: Dataset, found: dict[str, Suggested | None]) -> str:
    """The column that is looked at; at first the one that the link names, else the one that most deserves it."""
    key = state.column_key(dataset.id)
    if st.session_state.get(key) not in columns:
        linked = st.query_params.get(state.COLUMN) if key not in st.session_state else None
        st.session_state[key] = linked if linked in columns else most_worth(found)
    return st.selectbox(
        "Column", columns, format_func=plain, key=key, help="Numeric columns that are inputs of the network."
    )


def copy_to_others(
    own: dict[str, Choice], column: str, columns: list[str], draft: drafts.Draft
) -> dict[str, Choice]:
    """Offers to give this column's policy to other columns as well; returns the policies by column."""
    others = st.multiselect(
        "Same policy for",
        [name for name in columns if name != column],
        format_func=lambda name: plain(name, 40),
        key=draft.key(f"copy:{column}"),
        placeholder="pick other columns",
    )
    if others and st.button("Copy it to them", key=draft.key(f"copying:{column}")):
        copied = {**own, **dict.fromkeys(others, own[column])}
        drafts.change_inputs(draft, columns=copied)
        st.toast(
            f"{counted(len(others), 'more column')} now {'has' if len(others) == 1 else 'have'} this policy."
        )
        st.rerun()
    return own


def told(bounds: Bounds, lo: str, hi: str) -> str:
    """What the bounds, written lo and hi, do to a column; to be followed by a colon."""
    span = f"**{lo} … {hi}**" + (f", or the bounds of its {escape(bounds.by, 40)}" if bounds.groups else "")
    return {
        "clamp": f"is limited to {span}",
        "soft": f"is limited to {span}, rounded off over {number(bounds.width)}",
        "missing": f"counts as missing beyond {span}",
        "trim": f"takes rows out of training beyond {span}",
    }[bounds.action]


def suggestion(key: str, now: Choice, known: Suggested | None, use: Callable[[Choice], None]) -> None:
    """What the shape of the column suggests, why, what it touches, and one click that does it.

    key: of the button; use: puts a choice into the draft.
    """
    if known is None:
        return
    found, policy = known.suggestion, known.suggestion.policy
    what = "nothing to clamp" if policy.id == "none" else f"worth trying: **{in_words(policy)}**"
    said, button = st.columns([8, 1], vertical_alignment="center")
    said.markdown(
        f":material/lightbulb: {found.pattern.capitalize()}, {what}: {escape(found.reason, 300)}.{touching(known)}",
        help="Told by the shape of the training rows alone.",
    )
    label = "Leave it" if policy.id == "none" else "Use it"
    if not same(policy, now) and button.button(label, key=key):
        use(policy)
        st.rerun()


def touching(known: Suggested) -> str:
    """How many values a suggested clamp touches, as a sentence with a blank before it."""
    if known.suggestion.policy.id == "none":
        return ""
    if known.bounds.open:
        return f" It would be left open: {escape(known.bounds.note, 200)}."
    if not known.touched:
        return f" It would touch **no value**: none lies beyond {number(known.bounds.lo)} … {number(known.bounds.hi)}."
    return (
        f" It touches **{number(known.touched)}** of {counted(known.effect.values, 'training value')} "
        f"({share(known.touched, known.effect.values)})."
    )


def same(one: Choice, other: Choice) -> bool:
    """Whether two choices of an input clamp mean the same, whichever of their fields are spelled out."""
    package = "clipviz.policies.inputs"
    return one.id == other.id and bool(build(package, one) == build(package, other))


def in_words(choice: Choice) -> str:
    """A policy with the fields that are spelled out, in markdown."""
    fields = ", ".join(f"{name} {value}" for name, value in choice.fields().items())
    title = forms.clamp_title(choice.id)
    return escape(f"{title} ({fields})" if fields else title, 120)


def extreme_rows(
    dataset: Dataset, table: Table, column: str, positions: NDArray[np.int64], bounds: Bounds
) -> pd.DataFrame:
    """The rows at `positions`, as they were uploaded, with the clamped value beside the raw one."""
    raw = table.inputs[positions, clamping.position(table, column)]
    clamped = bounds.clamp(raw, fitting.codes(table, bounds, positions))
    others = [each.name for each in dataset.columns if each.name != column][:MOST_COLUMNS]
    beside = _as_uploaded(dataset.id, tuple(others), tuple(table.source_rows[positions].tolist()))
    first = pd.DataFrame({"row": table.source_rows[positions] + 1, "raw": raw, "clamped": clamped})
    rows = pd.concat([first, beside], axis=1)
    return rows.set_axis(tables.unique(["row", column, "after the clamp", *others]), axis=1)


@st.cache_data(max_entries=256, show_spinner=False)
def _as_uploaded(dataset_id: str, columns: tuple[str, ...], rows: tuple[int, ...]) -> pd.DataFrame:
    return tables.days(files.frame(state.settings(), dataset_id, columns, rows)).reset_index(drop=True)
