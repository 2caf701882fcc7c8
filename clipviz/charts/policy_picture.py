"""The picture of a policy in the Guide: its curve."""

import numpy as np
from numpy.typing import NDArray

from clipviz.charts.lines import Line, lines
from clipviz.charts.palette import Palette
from clipviz.charts.plain import Axis, Plain
from clipviz.charts.policy_looks import Look


def policy_picture(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    slope: NDArray[np.float64] | None,
    titles: tuple[str, str],
    log: bool,
    look: Look,
    colours: Palette,
) -> Plain:
    """y over x with the line y = x behind it; the slope, where there is one, is thin and dotted."""
    span = (float(x.min()), float(x.max()))
    drawn = [Line("after", x, y, Look(look.colour, "solid"), 2.6)]
    if slope is not None:
        drawn.append(Line("its slope", x, slope, Look(colours.muted, "dot"), 1.4))
    if log:
        return lines(
            drawn, Axis(titles[0], "log", span), Axis(titles[1], "log", span), colours, height=250, equal=True
        )
    return lines(
        drawn,
        Axis(titles[0], span=span),
        Axis(titles[1]),
        colours,
        height=250,
        equal=True,
        legend=slope is not None,
    )
