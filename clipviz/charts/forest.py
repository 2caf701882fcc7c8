"""Every arm's difference from its reference, with its interval: the forest plot of a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from clipviz.charts.layout import finish, literal, taken, wrapped
from clipviz.charts.palette import Palette

WIDE, LINES = 32, 8
"""Letters in a line of a name, and most lines of it."""
SYMBOLS = {"better": "circle", "worse": "x", "identical": "line-ns-open", "equivalent": "square-open"}


@dataclass(frozen=True)
class Line:
    """One comparison: its mean difference and interval, None where there is none, and what follows from it."""

    name: str
    mean: float | None
    low: float | None
    high: float | None
    relation: str
    note: str


def forest(lines: Sequence[Line], axis: str, colours: Palette, margin: float | None = None) -> go.Figure:
    """One row a comparison, the first on top; the line at 0 is "no difference", a band the margin around it."""
    figure = go.Figure()
    for place, line in enumerate(lines):
        if line.mean is None:
            _say(figure, place, line, colours)
            continue
        shown = line.relation in ("better", "worse")
        reach = None
        if line.low is not None and line.high is not None:
            reach = {
                "type": "data", "symmetric": False, "array": [line.high - line.mean],
                "arrayminus": [line.mean - line.low], "thickness": 2, "width": 6,
            }  # fmt: skip
        colour = {"better": colours.series[2], "worse": colours.warning}.get(line.relation, colours.muted)
        figure.add_scatter(
            x=[line.mean],
            y=[place],
            error_x=reach,
            mode="markers",
            marker={"size": 12 if shown else 10, "color": colour, "symbol": SYMBOLS.get(line.relation, "circle-open"),
                    "line": {"width": 2, "color": colour}},
            hovertemplate=f"{wrapped(line.name, 60, 6)}<br>{literal(line.note, 200)}<extra></extra>",
            showlegend=False,
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": colours.ink, "width": 1})
    if margin:
        figure.add_vrect(x0=-margin, x1=margin, fillcolor=colours.faint, opacity=0.25, line_width=0)
    tall = taken((line.name for line in lines), WIDE, LINES)
    finish(figure, colours, height=130 + max(54, 17 * tall + 24) * len(lines))
    figure.update_layout(xaxis_title=axis)
    figure.update_yaxes(
        tickvals=list(range(len(lines))),
        ticktext=[f"{wrapped(line.name, WIDE, LINES)}<br><sub>{line.relation}</sub>" for line in lines],
        range=[len(lines) - 0.5, -0.5],
        showgrid=False,
    )
    return figure


def _say(figure: go.Figure, place: int, line: Line, colours: Palette) -> None:
    """Why a comparison has no point: a row without one looks forgotten."""
    figure.add_annotation(
        x=0.5, xref="paper", y=place, showarrow=False, text="no pair has two numbers",
        hovertext=literal(line.note, 200), font={"color": colours.muted, "size": 12},
    )  # fmt: skip
