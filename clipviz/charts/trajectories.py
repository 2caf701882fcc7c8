"""Ways of optimisers over a loss surface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.charts.palette import Palette
from clipviz.charts.plain import LEGEND, Axis, Plain
from clipviz.charts.policy_looks import Look

SYMBOLS = ("diamond", "square", "triangle-up", "hexagon", "x")


@dataclass(frozen=True)
class Way:
    """points (T + 1, 2). stops: where each stopping rule would have ended it, by the rule's name. bare: the same
    optimiser without the clip, drawn behind."""

    name: str
    points: NDArray[np.float64]
    look: Look
    stops: Mapping[str, int | None]
    bare: NDArray[np.float64] | None = None


def trajectories(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    heights: NDArray[np.float64],
    ways: Sequence[Way],
    minima: Sequence[tuple[float, float]],
    colours: Palette,
    height: int = 520,
) -> Plain:
    """The surface as contours, even in the logarithm of the height above its lowest point; the ways on it.

    The window is that of the surface: a way that leaves it leaves the picture.
    """
    figure = Plain(
        colours,
        height,
        Axis("first parameter", span=(float(x[0]), float(x[-1]))),
        Axis("second parameter", span=(float(y[0]), float(y[-1]))),
        layout={**LEGEND, "hovermode": "closest"},
    )
    level = np.log10(heights - heights.min() + 1e-3 * (heights.max() - heights.min()))
    figure.add(
        "contour", x=x, y=y, z=level, customdata=heights, ncontours=18, showscale=False, name="loss",
        colorscale=[[0, colours.ground], [1, colours.faint]],
        line={"width": 0.6, "color": colours.grid},
        hovertemplate="loss %{customdata:.4g}<extra></extra>",
    )  # fmt: skip
    for way in ways:
        if way.bare is not None:
            _line(figure, way.bare, f"{way.name}, no clip", way.look.faint(0.45), 1.2, "dot", False)
    for way in ways:
        _line(figure, way.points, way.name, way.look.colour, 2.2, way.look.dash, True)
    for way in ways:
        for symbol, (rule, at) in zip(SYMBOLS, way.stops.items(), strict=False):
            if at is not None:
                figure.add(
                    "scatter", x=way.points[at : at + 1, 0], y=way.points[at : at + 1, 1], mode="markers", name=rule,
                    marker={"symbol": symbol, "size": 11, "color": way.look.colour,
                            "line": {"width": 1.5, "color": colours.ground}},
                    hovertemplate=f"{rule} would stop {way.name} at step {at}<extra></extra>", showlegend=False,
                )  # fmt: skip
    figure.add(
        "scatter", x=[place[0] for place in minima], y=[place[1] for place in minima], mode="markers", name="minimum",
        marker={"symbol": "star", "size": 14, "color": colours.ink, "line": {"width": 1, "color": colours.ground}},
        hovertemplate="minimum<extra></extra>",
    )  # fmt: skip
    used = [
        rule for rule in (ways[0].stops if ways else ()) if any(way.stops[rule] is not None for way in ways)
    ]
    for symbol, rule in zip(SYMBOLS, ways[0].stops if ways else (), strict=False):
        if rule in used:
            figure.add(
                "scatter", x=[None], y=[None], mode="markers", name=rule,
                marker={"symbol": symbol, "size": 10, "color": colours.muted},
            )  # fmt: skip
    return figure


def _line(
    figure: Plain,
    points: NDArray[np.float64],
    name: str,
    colour: str,
    width: float,
    dash: str,
    legend: bool,
) -> None:
    figure.add(
        "scatter", x=points[:, 0], y=points[:, 1], mode="lines+markers", name=name, showlegend=legend,
        line={"color": colour, "width": width, "dash": dash}, marker={"size": 3.5, "color": colour},
        customdata=np.arange(len(points)), hovertemplate=f"{name}, step %{{customdata}}<extra></extra>",
    )  # fmt: skip
