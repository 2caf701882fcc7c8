"""How much dirt a policy stands: its metric against the dose of injected outliers."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from clipviz.charts.layout import finish, literal, wrapped
from clipviz.charts.palette import Palette

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross", "hourglass")
DASHES = ("solid", "dash", "dot", "dashdot")


@dataclass(frozen=True)
class Dosed:
    """One policy: (dose, mean, low, high) of each point, None where there is no number; notes: one a point."""

    name: str
    points: Sequence[tuple[float, float | None, float | None, float | None]]
    notes: Sequence[str]


def contamination(
    policies: Sequence[Dosed], axis: str, value: str, percent: bool, colours: Palette
) -> go.Figure:
    """A line a policy through its means, with 95 % intervals; colour, sign and dash tell policies apart."""
    figure = go.Figure()
    for place, policy in enumerate(policies):
        middle = [mean for _, mean, _, _ in policy.points]
        figure.add_scatter(
            x=[dose for dose, *_ in policy.points],
            y=middle,
            error_y={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 4,
                "array": [_reach(high, mean) for _, mean, _, high in policy.points],
                "arrayminus": [_reach(mean, low) for _, mean, low, _ in policy.points],
            },
            mode="lines+markers",
            name=wrapped(policy.name, 40, 4),
            line={"width": 2, "dash": DASHES[place // len(SYMBOLS) % len(DASHES)],
                  "color": colours.series[place % len(colours.series)]},
            marker={"size": 9, "symbol": SYMBOLS[place % len(SYMBOLS)]},
            customdata=[literal(note, 120) for note in policy.notes],
            hovertemplate=f"{wrapped(policy.name, 60, 6)}<br>%{{customdata}}<extra></extra>",
        )  # fmt: skip
    finish(figure, colours, height=380)
    figure.update_layout(
        xaxis_title=axis,
        yaxis_title=value,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    if percent:
        figure.update_xaxes(tickformat=".0%")
    return figure


def _reach(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else far - near
