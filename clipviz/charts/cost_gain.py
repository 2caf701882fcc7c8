"""What a clip costs against what it gains, each beside its own reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from clipviz.charts.forest import SYMBOLS
from clipviz.charts.layout import finish, wrapped
from clipviz.charts.palette import Palette

NAMED = 6
"""Most arms whose names stand beside their points; more would cover each other, and are named on hover."""


@dataclass(frozen=True)
class Bought:
    """cost: training time as a multiple of the reference's. gain, low, high: difference, above 0 where better."""

    name: str
    cost: float
    gain: float
    low: float | None
    high: float | None
    relation: str


def cost_gain(arms: Sequence[Bought], value: str, colours: Palette) -> go.Figure:
    """Up is better, right is dearer; the lines are the reference's own cost, and no gain."""
    figure = go.Figure()
    for each in arms:
        colour = {"better": colours.series[2], "worse": colours.warning}.get(each.relation, colours.muted)
        reach = None
        if each.low is not None and each.high is not None:
            reach = {"type": "data", "symmetric": False, "array": [each.high - each.gain],
                     "arrayminus": [each.gain - each.low], "thickness": 1.5, "width": 4}  # fmt: skip
        figure.add_scatter(
            x=[each.cost],
            y=[each.gain],
            error_y=reach,
            mode="markers+text" if len(arms) <= NAMED else "markers",
            text=[wrapped(each.name, 28, 6)],
            textposition="middle right",
            cliponaxis=False,
            marker={"size": 11, "color": colour, "symbol": SYMBOLS.get(each.relation, "circle-open"),
                    "line": {"width": 2, "color": colour}},
            hovertemplate=f"{wrapped(each.name, 60, 6)}<br>%{{x:.2f}} times the time, %{{y:.4g}}<extra></extra>",
            showlegend=False,
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": colours.ink, "width": 1})
    figure.add_vline(x=1, line={"color": colours.muted, "width": 1, "dash": "dot"})
    finish(figure, colours, height=360)
    least, most = min(each.cost for each in arms), max(each.cost for each in arms)
    room = max(most - least, 0.2)
    figure.update_xaxes(range=[min(least, 1) - 0.1 * room, max(most, 1) + 0.45 * room])
    figure.update_layout(
        xaxis_title="training time, times that of the reference", yaxis_title=f"{value} (up: better)"
    )
    return figure
