"""The parts of the Clamp page that are tables and pickers."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.analysis.bootstrap import Uncertainty
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import build, discover
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.policies import fitting
from clipviz.ui import clamp_findings, clamp_overview, drafts, forms, state, tables
from clipviz.ui.text import counted, escape, number, plain

MOST_COLUMNS = 60
FEW = 10
"""A bound with fewer values beyond it says so."""


def column_picker(columns: list[str], dataset: Dataset) -> str:
    """The column that is looked at."""
    return st.selectbox(
        "Column",
        columns,
        format_func=plain,
        key=clamp_overview.column_key(dataset),
        help="Numeric columns that are inputs of the network.",
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
        inputs = draft.recipe.inputs.model_copy(update={"columns": copied})
        drafts.replace(draft.recipe.model_copy(update={"inputs": inputs}), draft.base)
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


def suggestion(dataset: Dataset, draft: drafts.Draft, column: str, now: Choice) -> None:
    """What the shape of the column suggests, why, and one click that does it."""
    known = clamp_findings.suggestions(dataset.id).get(column)
    if known is None:
        return
    policy = known.policy
    what = "nothing to clamp" if policy.id == "none" else f"worth trying: **{in_words(policy)}**"
    said, button = st.columns([8, 1], vertical_alignment="center")
    said.markdown(f":material/lightbulb: {known.pattern.capitalize()}, {what}: {escape(known.reason, 300)}.")
    if not same(policy, now) and button.button("Use it", key=draft.key(f"suggested:{column}")):
        columns = {**draft.recipe.inputs.columns, column: policy}
        inputs = draft.recipe.inputs.model_copy(update={"columns": columns})
        drafts.replace(draft.recipe.model_copy(update={"inputs": inputs}), draft.base)
        st.rerun()


def same(one: Choice, other: Choice) -> bool:
    """Whether two choices of an input clamp mean the same, whichever of their fields are spelled out."""
    package = "clipviz.policies.inputs"
    return one.id == other.id and bool(build(package, one) == build(package, other))


def in_words(choice: Choice) -> str:
    """A policy with the fields that are spelled out, in markdown."""
    fields = ", ".join(f"{name} {value}" for name, value in choice.fields().items())
    title = forms.title_of(discover("clipviz.policies.inputs")[choice.id])
    return escape(f"{title} ({fields})" if fields else title, 120)


def uncertain(found: Uncertainty | None, bounds: Bounds, done: clamping.Effect) -> None:
    """How far the bounds would move with other rows, and on how many values they rest."""
    if found is None:
        return
    if found.fixed:
        st.caption("These bounds do not depend on which rows happened to be here.")
        return
    ends = []
    for name, interval, bound, beyond in (
        ("lower", found.lo, bounds.lo, done.below),
        ("upper", found.hi, bounds.hi, done.above),
    ):
        if interval is not None:
            few = f", with {counted(beyond, 'value')} beyond it" if beyond < FEW else ""
            ends.append(
                f"{name} bound {number(bound)}, from {number(interval[0])} to {number(interval[1])}{few}"
            )
    drawn = f"{number(found.resamples)} bootstrap samples"
    if found.drawn < found.rows:
        drawn += f" of {number(found.drawn)} values each, scaled to all {number(found.rows)}"
    opened = f" In {number(found.opened)} of them the policy left a side open." if found.opened else ""
    st.caption(
        f"With other rows the bounds would be elsewhere (95 % interval, the band in the chart): {'; '.join(ends)}. "
        f"From {drawn}.{opened}"
    )


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
    return files.frame(state.settings(), dataset_id, columns, rows).reset_index(drop=True)
