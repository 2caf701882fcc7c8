"""The bounds of groups, where a clamp goes by them: what each got, how much is its own, how sure it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clipviz.core.bounds import Bounds
from clipviz.core.run import GroupLimits
from clipviz.policies.group_bounds import GroupBounds
from clipviz.ui import spreadsheet
from clipviz.ui.text import counted, escape, number, plain, share

if TYPE_CHECKING:
    import pandas as pd

Ends = tuple[float | None, float | None]


def show(levels: Sequence[str], bounds: Bounds, found: Sequence[GroupBounds]) -> None:
    """A line for each group; levels: names of all of them. Nothing where all rows share their bounds."""
    if not bounds.groups:
        return
    groups = counted(len(bounds.groups), "group")
    with st.expander(
        f"Bounds of {groups} by {escape(bounds.by, 40)}", icon=":material/groups:", expanded=True
    ):
        spreadsheet.table(
            table(levels, found),
            hide_index=True,
            alt="Bounds of each group, its share in them, and intervals",
        )
        st.caption(
            f"Rows of an unseen or missing level take the bounds of all rows, {number(bounds.lo)} … "
            f"{number(bounds.hi)}. A group's own bounds count as much as its weight says, those of all rows the rest; "
            "weight 0: its rows have no spread of their own. Intervals of 95 %: that of its own bounds and that of all "
            "rows, added up by weight."
        )


def table(levels: Sequence[str], found: Sequence[GroupBounds]) -> "pd.DataFrame":
    """One line a group."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "group": plain(levels[each.level], 60),
                "values": each.rows,
                "weight": share(each.weight, 1),
                "own lo": number(each.own.lo),
                "own hi": number(each.own.hi),
                "lo": number(each.lo),
                "lo, 95 %": _interval(each.uncertain.lo if each.uncertain else None),
                "hi": number(each.hi),
                "hi, 95 %": _interval(each.uncertain.hi if each.uncertain else None),
            }
            for each in found
        ]
    )


def recorded(groups: dict[str, GroupLimits]) -> None:
    """The same as a run's record has it, a table for each column."""
    import pandas as pd

    for name, found in groups.items():
        st.markdown(f"**Bounds of {escape(name, 40)} by {escape(found.by, 40)}**")
        lines = [
            {
                "group": plain(level, 60),
                "values": each.rows,
                "weight": share(each.weight, 1),
                "lo": _closed(each.lo),
                "lo, 95 %": _ends(each.lo_interval),
                "hi": _closed(each.hi),
                "hi, 95 %": _ends(each.hi_interval),
            }
            for level, each in found.levels.items()
        ]
        spreadsheet.table(pd.DataFrame(lines), hide_index=True, alt=f"Bounds of {plain(name)} for each group")
        st.caption("Rows of an unseen or missing level take the column's bounds above.")


def _interval(found: tuple[float, float] | None) -> str:
    return "–" if found is None else f"{number(found[0])} … {number(found[1])}"


def _ends(found: Ends | None) -> str:
    if found is None:
        return "–"
    low, high = found
    return f"{'−∞' if low is None else number(low)} … {'∞' if high is None else number(high)}"


def _closed(value: float | None) -> str:
    return "open" if value is None else number(value)
