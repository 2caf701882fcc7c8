"""Curves of many seeds as a median and the band of the middle half."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clipviz.charts.layout import finish, taken, wrapped
from clipviz.charts.palette import Palette

POINTS = 200
MOST = 8
"""Arms with a colour of their own, as many as there are colours."""
WIDE = 30.0
"""Largest value over smallest, all of them positive, from which on the axis is logarithmic."""


@dataclass(frozen=True)
class Curves:
    """One arm: for each seed its steps (T,) and values (T,), NaN where not finite."""

    name: str
    seeds: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]]


def bands(arms: Sequence[Curves], axis: str, colours: Palette) -> go.Figure:
    """Median over seeds as a line, quartiles as a band. A seed that has stopped keeps its last value.

    Of more than MOST arms the reference and those with the most seeds are in colour; the medians of the others stand
    faint behind them.
    The axis is logarithmic where the values span more than WIDE.
    """
    figure, seen = go.Figure(), [np.inf, -np.inf]
    known = [arm for arm in arms if arm.seeds]
    first = list(range(len(known)))
    if len(known) > MOST:
        most = max(len(arm.seeds) for arm in known)
        first = [at for at in first if at == 0 or len(known[at].seeds) == most][:MOST]
    others = [arm for at, arm in enumerate(known) if at not in first]
    for arm in others:
        middle = _faint(figure, arm, f"{len(others)} other arms", colours, named=arm is others[0])
        seen = [min(seen[0], *middle.tolist()), max(seen[1], *middle.tolist())]
    for place, at in enumerate(first):
        arm, colour = known[at], colours.series[place]
        steps, low, middle, high = _quartiles(arm.seeds)
        seen = [min(seen[0], *low.tolist()), max(seen[1], *high.tolist())]
        figure.add_scatter(
            x=np.concatenate([steps, steps[::-1]]),
            y=np.concatenate([high, low[::-1]]),
            mode="lines",
            fill="toself",
            fillcolor=_faded(colour),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=str(place),
        )
        figure.add_scatter(
            x=steps,
            y=middle,
            mode="lines",
            name=wrapped(arm.name, 44, 4),
            line={"color": colour, "width": 2},
            legendgroup=str(place),
        )
    lines = sum(taken([known[at].name], 44, 4) for at in first)
    finish(figure, colours, height=380 + 6 * max(0, lines - 6))
    figure.update_layout(
        xaxis_title="step",
        yaxis_title=axis,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        hovermode="closest" if others else "x unified",
    )
    if seen[0] > 0 and seen[1] > WIDE * seen[0]:
        figure.update_yaxes(type="log", dtick=1)
    return figure


def _faint(figure: go.Figure, arm: Curves, legend: str, colours: Palette, named: bool) -> NDArray[np.float64]:
    """Draws the median of an arm, which is returned, as one of many that share a place in the legend."""
    steps, _, middle, _ = _quartiles(arm.seeds)
    figure.add_scatter(
        x=steps,
        y=middle,
        mode="lines",
        name=legend,
        line={"color": colours.faint, "width": 1},
        hovertemplate=f"{wrapped(arm.name, 44, 4)}: %{{y}}<extra></extra>",
        showlegend=named,
        legendgroup="others",
    )
    return middle


def _quartiles(
    seeds: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(steps, lower quartile, median, upper quartile), each (P,)."""
    longest = max((steps for steps, _ in seeds), key=lambda steps: int(steps[-1]))
    places = np.unique(np.linspace(0, len(longest) - 1, min(POINTS, len(longest))).astype(int))
    steps = longest[places]
    values = np.stack([_held(each, value, steps) for each, value in seeds])  # (seeds, P)
    finite = np.isfinite(values).any(axis=0)
    low, middle, high = np.nanquantile(values[:, finite], [0.25, 0.5, 0.75], axis=0)
    return steps[finite], low, middle, high


def _held(
    steps: NDArray[np.int64], values: NDArray[np.float32], at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(P,) the last value known at each step; NaN before the first."""
    place = np.searchsorted(steps, at, side="right") - 1
    return np.where(place >= 0, values.astype(np.float64)[np.maximum(place, 0)], np.nan)


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
