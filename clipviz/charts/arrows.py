"""Arrows from the origin of the plane: a gradient as it was, and as it became."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from clipviz.charts.layout import finish
from clipviz.charts.lines import Axis, scaled
from clipviz.charts.palette import Palette


@dataclass(frozen=True)
class Arrow:
    """From the origin to (x, y)."""

    name: str
    x: float
    y: float
    colour: str
    width: float = 3.0


def arrows(
    drawn: Sequence[Arrow], reach: float, colours: Palette, titles: tuple[str, str], height: int = 220
) -> go.Figure:
    """Arrows in a square window that reaches `reach` in every direction, the later over the earlier."""
    figure = go.Figure()
    for each in drawn:
        figure.add_scatter(
            x=[0, each.x],
            y=[0, each.y],
            mode="lines+markers",
            name=each.name,
            line={"color": each.colour, "width": each.width},
            marker={
                "symbol": ["circle", "arrow"],
                "size": [0, 6 + 1.6 * each.width],
                "angleref": "previous",
                "color": each.colour,
                "opacity": 1,
            },
            hovertemplate=f"({each.x:.4g}, {each.y:.4g})<extra>{each.name}</extra>",
        )
    finish(figure, colours, height)
    figure.update_layout(showlegend=False, margin={"t": 8}, dragmode=False)
    scaled(figure.update_xaxes, Axis(titles[0], span=(-reach, reach)))
    scaled(figure.update_yaxes, Axis(titles[1], span=(-reach, reach)))
    figure.update_xaxes(nticks=5, constrain="domain")
    figure.update_yaxes(nticks=5, scaleanchor="x", constrain="domain")
    return figure
