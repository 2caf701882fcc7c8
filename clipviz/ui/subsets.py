"""On which rows do they differ? An arm against its reference on rows that its clamp touches, or by group."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from clipviz.analysis.verdict import subsets
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.subsets import Said, Subset
from clipviz.core.clips import clips
from clipviz.core.errors import ClipvizError
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.ui import header, lab_values, spreadsheet, state, verdicts
from clipviz.ui.text import number, plain

TableOf = Callable[[Recipe], Table]
CLIPPED = ""
"""Stands for rows beyond the bounds of the arm's own clamps, where a group would be named."""


def shown(groups: list[Group], metric: Metric, dataset: str, chosen: str, key: str) -> None:
    """Folded: it asks every trained network about every test row, once."""
    compared = [group.variant for group in groups if group.variant.reference]
    if not compared or not any(run.result for group in groups for run in group.runs.values()):
        return
    part = st.expander(
        "On which rows do they differ?", icon=":material/splitscreen:", key=f"rows:{key}", on_change="rerun"
    )
    if not part.open:
        return
    with part:
        try:
            found = state.store().datasets.get(dataset, include_deleted=True)
            _shown(groups, metric, lambda recipe: state.table(found, recipe), chosen, key)
        except ClipvizError as error:
            header.problem(error)


def _shown(groups: list[Group], metric: Metric, table_of: TableOf, chosen: str, key: str) -> None:
    clamping = [
        group.variant
        for group in groups
        if "inputs" in clips(group.variant.recipe) and group.variant.reference
    ]
    by_column = {  # arms may read other columns of the same rows
        feature.name: table
        for table in (table_of(group.variant.recipe) for group in groups)
        for feature in table.features
        if feature.levels
    }
    kinds = ([CLIPPED] if clamping else []) + list(by_column)
    if not kinds:
        st.info("No arm clamps its inputs, and there is no column of categories to group by.")
        return
    by = st.selectbox(
        "Rows by",
        kinds,
        format_func=lambda name: plain(name) if name else "beyond the bounds of the arm's clamps, or not",
        key=f"rows.by:{key}",
    )
    said = _said(groups, table_of, key)
    if not said:
        st.info("The trained networks of these runs are not on this machine any more.")
        return
    arms = clamping if by == CLIPPED else [group.variant for group in groups if group.variant.reference]
    lines = []
    for variant in arms:
        table = table_of(variant.recipe)
        rows = subsets.clipped(table, variant.recipe) if by == CLIPPED else subsets.levels(by_column[by], by)
        lines += subsets.compare(groups, variant.name, rows, metric, table, said)
    spreadsheet.table(
        pd.DataFrame([_line(each, metric, chosen) for each in lines]),
        hide_index=True,
        **verdicts.names([each.arm for each in lines], len(lines)),
        alt="Each arm against its reference on subsets of the test rows",
    )
    st.caption(
        "Means over seeds on test rows as they are, with the 95 % t interval of the paired difference. Nobody planned "
        "for these subsets: among many of them, one that stands out is no surprise."
    )


def _said(groups: list[Group], table_of: TableOf, key: str) -> Said:
    """Asked once a session for the runs that have ended."""
    ended = tuple(
        sorted(run.id for group in groups for run in group.runs.values() if run.state is State.FINISHED)
    )
    kept = st.session_state.setdefault("rows.said", {})
    if key not in kept or kept[key][0] != ended:
        lab_values.ready()
        with st.spinner("Asking every trained network about every test row …"):
            kept.clear()
            kept[key] = (ended, subsets.said(state.settings(), groups, table_of))
    found: Said = kept[key][1]
    return found


def _line(each: Subset, metric: Metric, chosen: str) -> dict[str, str]:
    return {
        "arm": plain(each.arm, verdicts.MOST) + (" (chosen)" if each.arm == chosen else ""),
        "rows": plain(each.rows_of),
        "test rows": number(each.rows),
        f"{metric.title}, reference": number(each.reference_mean),
        f"{metric.title}, arm": number(each.arm_mean),
        "difference": number(each.difference),
        "95 % from": number(each.low),
        "to": number(each.high),
        "seeds": number(each.seeds),
    }
