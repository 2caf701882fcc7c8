"""The parts of the Clamp page that are tables and pickers."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis import clamping
from clipviz.analysis.column import TrainingColumn
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.ui import drafts, state, tables
from clipviz.ui.text import counted, number, plain

MOST_COLUMNS = 60


def column_picker(columns: list[str], dataset: Dataset) -> str:
    """The column that is looked at."""
    return st.selectbox(
        "Column",
        columns,
        format_func=plain,
        key=f"clamp.column:{dataset.id}",
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


def overview(
    fitted: Sequence[tuple[str, Choice, TrainingColumn, Bounds]], own: Collection[str]
) -> pd.DataFrame:
    """One line a column: its policy, its bounds, and how many training values they move. own: columns that do not
    follow the default."""
    lines = []
    for name, choice, column, bounds in fitted:
        done = column.effect(bounds)
        lines.append(
            {
                "column": plain(name),
                "policy": choice.id + (" (own)" if name in own else ""),
                "lo": number(bounds.lo),
                "hi": number(bounds.hi),
                "below": done.below,
                "above": done.above,
                "note": plain(bounds.note or clamping.harm(done), 200),
            }
        )
    return pd.DataFrame(lines)


def extreme_rows(
    dataset: Dataset, table: Table, column: str, positions: NDArray[np.int64], bounds: Bounds
) -> pd.DataFrame:
    """The rows at `positions`, as they were uploaded, with the clamped value beside the raw one."""
    raw = table.inputs[positions, clamping.position(table, column)]
    others = [each.name for each in dataset.columns if each.name != column][:MOST_COLUMNS]
    beside = _as_uploaded(dataset.id, tuple(others), tuple(table.source_rows[positions].tolist()))
    first = pd.DataFrame({"row": table.source_rows[positions] + 1, "raw": raw, "clamped": bounds.clamp(raw)})
    rows = pd.concat([first, beside], axis=1)
    return rows.set_axis(tables.unique(["row", column, "after the clamp", *others]), axis=1)


@st.cache_data(max_entries=256, show_spinner=False)
def _as_uploaded(dataset_id: str, columns: tuple[str, ...], rows: tuple[int, ...]) -> pd.DataFrame:
    return files.frame(state.settings(), dataset_id, columns, rows).reset_index(drop=True)
