"""Arrows from the origin of the plane: a gradient as it was, and as it became."""

from collections.abc import Sequence
from dataclasses import dataclass

from clipviz.charts.palette import Palette
from clipviz.charts.plain import Axis, Plain


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
) -> Plain:
    """Arrows in a square window that reaches `reach` in every direction, the later over the earlier."""
    few = {"nticks": 5, "constrain": "domain"}
    figure = Plain(
        colours,
        height,
        Axis(titles[0], span=(-reach, reach), more=few),
        Axis(titles[1], span=(-reach, reach), more={**few, "scaleanchor": "x"}),
        layout={"dragmode": False},
    )
    for each in drawn:
        figure.add(
            "scatter", x=[0, float(each.x)], y=[0, float(each.y)], mode="lines+markers", name=each.name,
            line={"color": each.colour, "width": each.width},
            marker={"symbol": ["circle", "arrow"], "size": [0, 6 + 1.6 * each.width], "angleref": "previous",
                    "color": each.colour, "opacity": 1},
            hovertemplate=f"({each.x:.4g}, {each.y:.4g})<extra>{each.name}</extra>",
        )  # fmt: skip
    return figure
