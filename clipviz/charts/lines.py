"""Several curves over one axis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clipviz.charts.layout import finish
from clipviz.charts.palette import Palette
from clipviz.charts.policy_looks import Look

FEW_DECADES = 1000
"""Over a shorter span than this, 2 and 5 are written between the powers of ten."""

Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Line:
    """One curve: x and y (N,); a gap where y is not finite."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    look: Look
    width: float = 2.2


@dataclass(frozen=True)
class Axis:
    """What is on an axis, with its unit; span: the range drawn, None for that of the data."""

    title: str
    scale: Scale = "linear"
    span: tuple[float, float] | None = None


def lines(
    drawn: Sequence[Line],
    x: Axis,
    y: Axis,
    colours: Palette,
    height: int = 300,
    equal: bool = False,
    legend: bool = False,
) -> go.Figure:
    """Curves by name. equal: a thin line where y = x, as a reference."""
    figure = go.Figure()
    if equal and x.span:
        figure.add_scatter(
            x=list(x.span),
            y=list(x.span),
            mode="lines",
            name="unchanged",
            line={"color": colours.faint, "width": 1, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
    for each in drawn:
        figure.add_scatter(
            x=each.x,
            y=np.where(np.isfinite(each.y), each.y, np.nan),
            mode="lines",
            name=each.name,
            line={"color": each.look.colour, "dash": each.look.dash, "width": each.width},
            hovertemplate="%{y:.4g}",
        )
    finish(figure, colours, height)
    figure.update_layout(
        hovermode="x unified",
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"},
        margin={"t": 24 if legend else 8},
    )
    scaled(figure.update_xaxes, x)
    scaled(figure.update_yaxes, y)
    return figure


def scaled(update: Callable[..., Any], axis: Axis) -> None:
    """Gives an axis of a figure (through its `update_xaxes` or `update_yaxes`) its title, scale and span."""
    span, step = axis.span, "D2" if axis.span and axis.span[1] < FEW_DECADES * axis.span[0] else 1
    if span and axis.scale == "log":
        span = (float(np.log10(span[0])), float(np.log10(span[1])))
    update(
        title={"text": axis.title, "standoff": 6, "font": {"size": 12}},
        tickfont={"size": 11},
        type=axis.scale,
        range=span,
        zeroline=axis.scale == "linear",
        **({"dtick": step, "tickformat": "~g"} if axis.scale == "log" else {"nticks": 7}),
    )
