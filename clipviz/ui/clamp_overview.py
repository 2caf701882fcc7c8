"""All columns of a table on the Clamp page: small multiples, the same as a table, and policies for many at once."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from clipviz.analysis import clamping
from clipviz.analysis.suggesting import Suggested
from clipviz.charts.palette import palette
from clipviz.charts.small_multiples import PICK, Panel, small_multiples
from clipviz.charts.vega import points
from clipviz.core.dataset import Dataset
from clipviz.ui import clamp_many, drafts, forms, spreadsheet, state, tables
from clipviz.ui.clamp_findings import Found
from clipviz.ui.text import counted, number, plain, share

if TYPE_CHECKING:
    import pandas as pd

FIRST = 12
LIMIT = 22


def show(
    dataset: Dataset,
    draft: drafts.Draft,
    found: Sequence[Found],
    suggested: dict[str, Suggested | None],
    chosen: str,
) -> None:
    """Every column, in the order given; a click on one makes it the column that is looked at."""
    first = "most touched" if any(each.touched for each in found) else "most worth a look"
    with st.expander(
        f"All {counted(len(found), 'numeric column')}, {first} first",
        expanded=True,
        icon=":material/grid_view:",
    ):
        whole = len(found) > FIRST and st.toggle(f"Draw all {number(len(found))}", key="clamp.every")
        shown = found if whole else found[:FIRST]
        _drawn(dataset, shown, chosen)
        if len(shown) < len(found):
            st.caption(f"The first {FIRST}; all are in the table.")
        st.caption(
            "Click one to look at it. Heights are roots of counts; orange lies beyond the bounds, the bars at the ends "
            "beyond the axis."
        )
        picked = _table(draft, found, suggested)
        clamp_many.show(draft, found, suggested, picked, chosen)


def _drawn(dataset: Dataset, shown: Sequence[Found], chosen: str) -> None:
    names = tables.unique([plain(each.name, LIMIT) for each in shown])
    labels = [
        f"{name}\n{_moved(each)}" if each.touched else name for name, each in zip(names, shown, strict=True)
    ]
    panels = [
        Panel(place, label, _said(each), each.histogram, each.bounds, each.name == chosen)
        for place, (label, each) in enumerate(zip(labels, shown, strict=True))
    ]
    known = tuple(each.name for each in shown)
    key = f"clamp.every:{dataset.id}:{tables.fingerprint(known)}"
    chart = small_multiples(panels, palette(st.context.theme.type))
    said = "Small histograms of all numeric columns with their bounds"
    st.container(key="multiples").altair_chart(
        chart,
        theme=None,
        key=key,
        on_select=lambda: _look_at(key, known, state.column_key(dataset.id)),
        selection_mode=PICK,
        alt=said,
    )
    rows = points(chart)
    spreadsheet.offer(rows[rows["kind"] == "bin"].dropna(axis=1, how="all"), said, "multiples")


def _look_at(key: str, names: Sequence[str], column: str) -> None:
    picked: Any = st.session_state[key].selection.get(PICK, [])
    if picked and 0 <= int(picked[0]["place"]) < len(names):
        st.session_state[column] = names[int(picked[0]["place"])]


def _moved(each: Found) -> str:
    return f"{share(each.effect.below + each.effect.above, each.effect.values)} beyond"


def _said(each: Found) -> str:
    if each.choice.id == "none":
        return f"{plain(each.name)}: no clamp"
    return (
        f"{plain(each.name)}: {forms.clamp_title(each.choice.id)}, "
        f"{number(each.bounds.lo)} to {number(each.bounds.hi)}; "
        f"{number(each.effect.below)} below, {number(each.effect.above)} above"
    )


def _table(draft: drafts.Draft, found: Sequence[Found], suggested: dict[str, Suggested | None]) -> list[str]:
    """One line a column, in the order of the picture; the columns that are picked in it."""
    names = [each.name for each in found]
    picked = spreadsheet.table(
        overview(found, suggested),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=draft.key(f"clamp.table:{tables.fingerprint(names)}"),
        column_config={
            "touched": st.column_config.NumberColumn(format="percent"),
            "below": st.column_config.NumberColumn(format="localized"),
            "above": st.column_config.NumberColumn(format="localized"),
            "suggested": st.column_config.TextColumn(width=180),
        },
        height="content" if len(found) <= FIRST else 320,
        alt="Bounds and touched values of every column",
    )
    return [names[row] for row in picked.selection.rows if row < len(names)]


def overview(found: Iterable[Found], suggested: dict[str, Suggested | None]) -> "pd.DataFrame":
    """One line a column: its policy, its bounds, and how many training values they move."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "column": plain(each.name),
                "policy": forms.clamp_title(each.choice.id) + (" (own)" if each.own else ""),
                "lo": number(each.bounds.lo),
                "hi": number(each.bounds.hi),
                "below": each.effect.below,
                "above": each.effect.above,
                "touched": each.touched,
                "suggested": clamp_many.offer(suggested[each.name]),
                "note": plain(each.bounds.note or clamping.harm(each.effect), 200),
            }
            for each in found
        ]
    )
