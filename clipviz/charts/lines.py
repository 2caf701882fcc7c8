"""Several curves over one axis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.charts.palette import Palette
from clipviz.charts.plain import LEGEND, Axis, Plain
from clipviz.charts.policy_looks import Look


@dataclass(frozen=True)
class Line:
    """One curve: x and y (N,); a gap where y is not finite."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    look: Look
    width: float = 2.2


def lines(
    drawn: Sequence[Line],
    x: Axis,
    y: Axis,
    colours: Palette,
    height: int = 300,
    equal: bool = False,
    legend: bool = False,
) -> Plain:
    """Curves by name. equal: a thin line where y = x, as a reference."""
    figure = Plain(colours, height, x, y, layout={"hovermode": "x unified", **(LEGEND if legend else {})})
    if equal and x.span:
        figure.add(
            "scatter", x=list(x.span), y=list(x.span), mode="lines", name="unchanged", hoverinfo="skip",
            line={"color": colours.faint, "width": 1, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
    for each in drawn:
        figure.add(
            "scatter", x=each.x, y=np.where(np.isfinite(each.y), each.y, np.nan), mode="lines", name=each.name,
            line={"color": each.look.colour, "dash": each.look.dash, "width": each.width},
            hovertemplate="%{y:.4g}",
        )  # fmt: skip
    return figure
