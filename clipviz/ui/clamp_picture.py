"""The large histogram of the Clamp page: one column before and after, its bounds and how far they may be off."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from clipviz.analysis import clamping
from clipviz.analysis.clamping import Effect
from clipviz.analysis.column import TrainingColumn
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.palette import palette
from clipviz.core.bounds import Bounds
from clipviz.policies.uncertainty import Uncertainty
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import counted, number, plain

FEW = 10
"""A bound with fewer values beyond it says so."""


def show(
    name: str,
    known: TrainingColumn,
    bounds: Bounds,
    uncertain: Uncertainty | None,
    key: str,
    limit: Callable[[float, float], None],
    prefix: str = "clamp",
) -> None:
    """limit(lo, hi): what a drag across the histogram does. key: of the chart; prefix: of its switches."""
    with st.container(horizontal=True):
        whole = st.toggle(
            "Whole range", key=f"{prefix}.whole", help="From the least to the greatest value, outliers included."
        )  # fmt: skip
        log = st.toggle(
            "Logarithmic counts", value=True, key=f"{prefix}.log", help="Shows bins with few rows, where tails live."
        )  # fmt: skip
    edges = known.whole_range() if whole else known.central_range((bounds.lo, bounds.hi))
    figure = column_histogram(
        name,
        known.histogram(edges),
        palette(st.context.theme.type),
        bounds,
        known.histogram(edges, bounds) if not bounds.open else None,
        log_counts=log,
        intervals=(uncertain.lo, uncertain.hi) if uncertain is not None else (),
    )
    said = f"Histogram of {plain(name)} with its bounds"
    dragged = drawn([Drawing(said, figure, said, heading=False, selects=True)], key=key)
    if dragged is not None:
        span = float(edges[-1] - edges[0])
        low, high = (clamping.rounded(edge, span) for edge in dragged)
        limit(low, high)
        st.rerun()


def certainty(found: Uncertainty | None, bounds: Bounds, done: Effect) -> None:
    """How far the bounds would move with other rows, and how many values lie beyond them when they are few."""
    if found is None:
        return
    if found.fixed:
        st.caption("These bounds do not depend on which rows happened to be here.")
        return
    ends = []
    for name, interval, bound, beyond, needed in (
        ("lower", found.lo, bounds.lo, done.below, found.needed[0]),
        ("upper", found.hi, bounds.hi, done.above, found.needed[1]),
    ):
        if interval is not None:
            few = f", with {counted(beyond, 'value')} beyond it" if beyond < FEW else ""
            ends.append(
                f"{name} bound {number(bound)}, {ended(interval)}{few}{_open(found, interval, needed)}"
            )
    whose = "the bounds of all rows" if bounds.groups else "the bounds"
    st.caption(
        f"With other rows {whose} would be elsewhere (95 % interval, the band in the chart): {'; '.join(ends)}. "
        + _source(found)
    )


def ended(interval: tuple[float, float]) -> str:
    """An interval in words; an end that is open is said to be so."""
    low, high = interval
    if np.isinf(low) and np.isinf(high):
        return "open on both ends"
    if np.isinf(low):
        return f"from anywhere below to {number(high)}"
    return (
        f"from {number(low)} to anywhere above" if np.isinf(high) else f"from {number(low)} to {number(high)}"
    )


def _open(found: Uncertainty, interval: tuple[float, float], needed: int | None) -> str:
    """Why an interval of order statistics has an open end."""
    if not found.exact or np.isfinite(interval).all():
        return ""
    if needed is None:
        return " (no number of rows shows how far a column can go)"
    return (
        f" (with {counted(found.rows, 'row')} no interval of 95 % is closed there; {number(needed)} would do)"
    )


def _source(found: Uncertainty) -> str:
    if found.exact:
        return "Between order statistics: it holds whatever the distribution."
    drawn = f"{number(found.resamples)} bootstrap samples"
    if found.drawn < found.rows:
        drawn += f" of {number(found.drawn)} values each, scaled to all {number(found.rows)}"
    opened = f" In {number(found.opened)} of them the policy left a side open." if found.opened else ""
    return f"From {drawn}.{opened}"


def moments(done: Effect) -> None:
    """Mean, deviation and shape, after and before."""
    cells = st.container(key="moments").columns(4)
    for cell, (label, before, after) in zip(
        cells,
        [
            ("Mean", done.before.mean, done.after.mean),
            ("Standard deviation", done.before.std, done.after.std),
            ("Skewness", done.before.skewness, done.after.skewness),
            ("Excess kurtosis", done.before.kurtosis, done.after.kurtosis),
        ],
        strict=True,
    ):
        beside = f"before: {number(before)}"
        cell.metric(label, number(after), beside, delta_color="off", delta_arrow="off", border=True)
