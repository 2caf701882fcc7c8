"""Every seed a point, with a line from arm to arm: what the averages are made of."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from clipviz.charts.layout import finish, taken, wrapped
from clipviz.charts.palette import Palette

MOST_LINES = 12
"""Arms up to which seeds are joined by lines; beyond it they would be a web."""
WIDE, LINES = 30, 8
"""Letters in a line of a name, and most lines of it, where arms stand one below the other."""


def seed_points(
    arms: Sequence[tuple[str, Mapping[int, float | None]]], axis: str, colours: Palette
) -> go.Figure:
    """arms: name and value by seed, None for a run that diverged; those are counted at the edge.

    Arms stand side by side; many of them, or such with long names, one below the other, where there is room for these.
    Seeds are joined by lines, up to `MOST_LINES` arms.
    """
    names = [name for name, _ in arms]
    narrow = 14 if len(arms) > 3 else 22
    down = len(arms) > MOST_LINES or taken(names, narrow, LINES) > (2 if len(arms) > 3 else 4)
    across, along = ("y", "x") if down else ("x", "y")
    figure = go.Figure()
    if len(arms) <= MOST_LINES:
        _slopes(figure, arms, colours, across, along)
    for place, (name, values) in enumerate(arms):
        colour = colours.series[place % len(colours.series)]
        known = [(seed, value) for seed, value in sorted(values.items()) if value is not None]
        figure.add_scatter(
            **{across: [place] * len(known), along: [value for _, value in known]},
            customdata=[seed for seed, _ in known],
            mode="markers",
            marker={"color": colour, "size": 8, "line": {"color": colours.ground, "width": 1}},
            hovertemplate=f"{wrapped(name, 60, 6)}<br>seed %{{customdata}}: %{{{along}:.5g}}<extra></extra>",
            showlegend=False,
        )
        _median(figure, place, sorted(value for _, value in known), colour, across, along)
        lost = [seed for seed, value in values.items() if value is None]
        if lost:
            anchor = {f"{along}ref": "paper", f"{along}anchor": "bottom" if along == "y" else "right"}
            figure.add_annotation(
                **{across: place, along: 1}, **anchor, showarrow=False, text=f"✕ {len(lost)} diverged",
                font={"color": colours.warning},
            )  # fmt: skip
    wide = WIDE if down else narrow
    finish(
        figure, colours, height=130 + max(34, 17 * taken(names, WIDE, LINES) + 8) * len(arms) if down else 380
    )
    ends = [-0.6, len(arms) - 0.4]
    ticks = {
        "tickvals": list(range(len(arms))),
        "ticktext": [wrapped(name, wide, LINES) for name in names],
        "range": ends[::-1] if down else ends,
        "showgrid": False,
    }
    figure.update_layout({f"{across}axis": ticks, f"{along}axis": {"title": {"text": axis}}})
    return figure


def _slopes(
    figure: go.Figure,
    arms: Sequence[tuple[str, Mapping[int, float | None]]],
    colours: Palette,
    across: str,
    along: str,
) -> None:
    for seed in sorted({seed for _, values in arms for seed in values}):
        figure.add_scatter(
            **{across: list(range(len(arms))), along: [values.get(seed) for _, values in arms]},
            mode="lines",
            line={"color": colours.faint, "width": 1},
            hoverinfo="skip",
            showlegend=False,
        )


def _median(
    figure: go.Figure, place: int, values: Sequence[float], colour: str, across: str, along: str
) -> None:
    if not values:
        return
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    ends = {f"{across}0": place - 0.25, f"{across}1": place + 0.25, f"{along}0": middle, f"{along}1": middle}
    figure.add_shape(type="line", **ends, line={"color": colour, "width": 3})
