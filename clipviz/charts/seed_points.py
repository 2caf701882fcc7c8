"""Every seed a point, with a line from arm to arm: what the averages are made of."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from clipviz.charts.layout import finish, literal, wrapped
from clipviz.charts.palette import Palette

MOST_LINES = 12
"""Arms up to which seeds are joined by lines; beyond it they would be a web."""


def seed_points(
    arms: Sequence[tuple[str, Mapping[int, float | None]]], axis: str, colours: Palette
) -> go.Figure:
    """arms: name and value by seed, None for a run that diverged; those are crosses on the upper edge."""
    figure = go.Figure()
    seeds = sorted({seed for _, values in arms for seed in values})
    if len(arms) <= MOST_LINES:
        for seed in seeds:
            figure.add_scatter(
                x=list(range(len(arms))),
                y=[values.get(seed) for _, values in arms],
                mode="lines",
                line={"color": colours.faint, "width": 1},
                hoverinfo="skip",
                showlegend=False,
            )
    for place, (name, values) in enumerate(arms):
        colour = colours.series[place % len(colours.series)]
        known = [(seed, value) for seed, value in sorted(values.items()) if value is not None]
        figure.add_scatter(
            x=[place] * len(known),
            y=[value for _, value in known],
            customdata=[seed for seed, _ in known],
            mode="markers",
            marker={"color": colour, "size": 8, "line": {"color": colours.ground, "width": 1}},
            hovertemplate=f"{literal(name, 60)}<br>seed %{{customdata}}: %{{y:.5g}}<extra></extra>",
            showlegend=False,
        )
        _median(figure, place, sorted(value for _, value in known), colour)
        lost = [seed for seed, value in values.items() if value is None]
        if lost:
            figure.add_annotation(
                x=place, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"✕ {len(lost)} diverged",
                font={"color": colours.warning},
            )  # fmt: skip
    finish(figure, colours, height=380)
    figure.update_layout(yaxis_title=axis)
    figure.update_xaxes(
        tickvals=list(range(len(arms))),
        ticktext=[wrapped(name, 14 if len(arms) > 3 else 22, 4) for name, _ in arms],
        range=[-0.6, len(arms) - 0.4],
        showgrid=False,
    )
    return figure


def _median(figure: go.Figure, place: int, values: Sequence[float], colour: str) -> None:
    if not values:
        return
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    figure.add_shape(
        type="line",
        x0=place - 0.25,
        x1=place + 0.25,
        y0=middle,
        y1=middle,
        line={"color": colour, "width": 3},
    )
