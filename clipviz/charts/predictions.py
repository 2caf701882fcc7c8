"""Predictions against the truth, a point a row."""

from collections.abc import Sequence

import numpy as np

from clipviz.charts.palette import Palette
from clipviz.charts.plain import LEGEND, Axis, Plain

Point = tuple[float, float | None, bool]


def predictions(points: Sequence[Point], target: str, colours: Palette, height: int = 380) -> Plain:
    """points: (truth, prediction, clamped) in the unit of the target; a prediction that is not finite is left out.

    target: its name, made harmless. On the diagonal a prediction is right.
    """
    figure = Plain(colours, height, Axis(f"true {target}"), Axis(f"predicted {target}"), layout=dict(LEGEND))
    kept = [(truth, said, clamped) for truth, said, clamped in points if said is not None]
    truth, said = (np.array([each[at] for each in kept], dtype=np.float64) for at in (0, 1))
    clamped = np.array([each[2] for each in kept], dtype=bool)
    if len(kept):
        ends = np.array([min(truth.min(), said.min()), max(truth.max(), said.max())])
        figure.add(
            "scatter", x=ends, y=ends, mode="lines", name="right", hoverinfo="skip",
            line={"color": colours.muted, "width": 1.2, "dash": "dash"},
        )  # fmt: skip
    for name, some, colour, symbol in (
        ("untouched", ~clamped, colours.value, "circle"),
        ("an input clamped", clamped, colours.clamped, "diamond-open"),
    ):
        if some.any():
            figure.add(
                "scatter", x=truth[some], y=said[some], mode="markers", name=name,
                marker={"color": colour, "symbol": symbol, "size": 6, "opacity": 0.7},
                hovertemplate="true %{x:.5g}<br>predicted %{y:.5g}",
            )  # fmt: skip
    return figure
