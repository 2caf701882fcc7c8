"""The tail-value test on the Clamp page: is what a clamp cuts an error, or a signal?"""

import streamlit as st

from clipviz.analysis.tail_value import FEWEST, MOST, Stretches, TailValue
from clipviz.charts.palette import palette
from clipviz.charts.tail_strip import Part, class_strip, tail_strip
from clipviz.charts.vega import points
from clipviz.core.table import Table
from clipviz.ui import spreadsheet
from clipviz.ui.text import counted, escape, number, plain

FEW = 20

ICONS = {
    "signal": ":material/trending_up:",
    "error": ":material/error_outline:",
    "turns": ":material/u_turn_left:",
    "no difference": ":material/horizontal_rule:",
    "too few": ":material/hourglass_empty:",
}


def show(table: Table, column: str, cut: Stretches, found: tuple[TailValue, ...]) -> None:
    """A sentence for each tail, and the picture behind it."""
    st.subheader("Errors or signal?")
    if not found:
        st.caption(
            "No training row lies beyond a bound. Once some do, this says whether the target follows them: cutting "
            "errors helps, cutting a signal hurts."
        )
        return
    classes = table.task == "classification"
    for each in found:
        st.markdown(f"{ICONS[each.verdict]} {sentence(each, column, table.target_name, classes)}")
    parts = [
        Part(name, stretch.values, stretch.target, stretch.rows, beyond)
        for name, stretch, beyond in (
            (("below the", "lower bound"), cut.lower, True),
            (("next to the", "lower bound"), cut.beside_lower, False),
            (("all", "inside"), cut.inside, False),
            (("next to the", "upper bound"), cut.beside_upper, False),
            (("above the", "upper bound"), cut.upper, True),
        )
        if stretch.rows
    ]
    colours = palette(st.context.theme.type)
    title = plain(table.target_name, 60)
    chart = (
        class_strip(parts, [plain(name, 40) for name in table.classes], colours)
        if classes
        else tail_strip(parts, title, colours)
    )
    said = f"{title} beyond the bounds of {plain(column)}, next to them, and inside"
    st.altair_chart(chart, theme=None, width="stretch", alt=said)
    spreadsheet.offer(points(chart), said, "tails")
    most = max(stretch.rows for stretch in (cut.lower, cut.beside_lower, cut.beside_upper, cut.upper))
    st.caption(
        "Training rows only"
        + (f", at most {number(MOST)} of each stretch, evenly chosen" if most > MOST else "")
        + (
            "; rows are ordered by value, the bar is the median. "
            if not classes
            else "; shares of the classes. "
        )
        + "Tests by rank, or by dealing the rows anew; one in twenty finds a difference where there is none."
    )


def sentence(each: TailValue, column: str, target: str, classes: bool) -> str:
    """What the test says of one tail, in markdown."""
    where = "Above the upper bound" if each.side == "upper" else "Below the lower bound"
    name, whom = escape(target, 40), f"the {counted(each.beside, 'row')} next to the bound"
    rows = counted(each.rows, "row")
    if each.verdict == "too few":
        short = f"only {counted(each.beside, 'row')} inside to compare with" if each.rows >= FEWEST else rows
        return f"**{where}: too few rows of {escape(column, 40)} to tell.** It has {short}; the test needs {FEWEST}."
    few = each.rows < FEW
    cheap = "So few rows show large differences only." if few else "Cutting is likely to cost little."
    chance = f"p {_p(each.level.p)}"
    if classes:
        shares = f"the classes of {name} in {rows} against {whom}: Cramér's V {number(each.level.size, 2)}, {chance}"
        ends = {
            "signal": f"**{where} lies a signal.** Other classes are found there: {shares}. Cutting hides that.",
            "error": f"**{where} the values look like errors.** The classes are what they are anywhere, not what the "
            f"rows next to the bound lead one to expect ({shares}). Cutting loses nothing true.",
        }
        nothing = f"**{where} no difference is found.** Compared: {shares}. {cheap}"
        return ends.get(each.verdict, nothing)
    beyond, beside, inside = (number(value) for value in each.medians)
    levels = f"median {name} {beyond} in {rows}, {beside} in {whom}, {chance}"
    follows = f"rank correlation beyond it {each.trend[0]:+.2f}, p {_p(each.trend[1])}"
    said = {
        "signal": f"**{where} lies a signal.** The target goes on with the values: {levels}; {follows}. Cutting hides "
        "that: open this side, move the bound out, or cut on a logarithmic scale.",
        "error": f"**{where} the values look like errors.** The target falls back to what it is anywhere (median "
        f"{inside}): {levels}. Cutting helps; counting these values as missing may help more.",
        "turns": f"**{where} the target turns around**, against its trend and away from what it is elsewhere (median "
        f"{inside}): {levels}. Look at these rows before you cut them.",
        "no difference": f"**{where} no difference is found.** {levels[0].upper()}{levels[1:]}; {follows}. {cheap}",
    }
    return said[each.verdict]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.2g}"
