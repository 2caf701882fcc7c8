"""How values are distributed before and after a policy."""

import itertools
from typing import Any

from clipviz.charts.palette import Palette
from clipviz.charts.plain import Axis, Plain
from clipviz.charts.policy_looks import Look
from clipviz.core.profile import Histogram


def before_after(
    before: Histogram, after: Histogram, look: Look, colours: Palette, x_title: str, height: int = 220
) -> Plain:
    """Shares per bin, in (grey) and out (the policy's colour), on the same edges.

    Values beyond the edges are one hatched bar on each side, never dropped.
    """
    edges = before.edges
    margin = 4 * (edges[-1] - edges[0]) / max(1, len(before.counts))
    figure = Plain(
        colours,
        height,
        Axis(x_title, span=(edges[0] - margin, edges[-1] + margin)),
        Axis("share of values", more={"tickformat": ".0~%", "rangemode": "tozero", "nticks": 5}),
        layout={"barmode": "overlay", "bargap": 0},
    )
    _bars(figure, before, "in", {"color": colours.faint, "opacity": 0.7})
    _bars(figure, after, "out", {"color": look.colour, "opacity": 0.6})
    return figure


def _bars(figure: Plain, drawn: Histogram, name: str, marker: dict[str, Any]) -> None:
    edges, total = drawn.edges, max(1, sum(drawn.counts) + drawn.below + drawn.above)
    width = (edges[-1] - edges[0]) / max(1, len(drawn.counts))
    figure.add(
        "bar",
        x=[(low + high) / 2 for low, high in itertools.pairwise(edges)],
        y=[count / total for count in drawn.counts],
        width=width,
        name=name,
        marker=marker,
        customdata=[f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(edges)],
        hovertemplate="%{customdata}: %{y:.2~%}<extra>" + name + "</extra>",
    )
    outside = [
        (edges[0] - 2 * width, drawn.below, f"below {edges[0]:.3g}"),
        (edges[-1] + 2 * width, drawn.above, f"above {edges[-1]:.3g}"),
    ]
    if shown := [entry for entry in outside if entry[1]]:
        figure.add(
            "bar",
            x=[place for place, _, _ in shown],
            y=[count / total for _, count, _ in shown],
            width=2 * width,
            name=f"{name}, beyond the axis",
            marker={**marker, "pattern": {"shape": "/", "size": 5}},
            customdata=[said for _, _, said in shown],
            hovertemplate="%{customdata}: %{y:.2~%}<extra>" + name + "</extra>",
        )
