"""A stream of gradient norms under one policy."""

import numpy as np
from numpy.typing import NDArray

from clipviz.charts.palette import Palette
from clipviz.charts.plain import Axis, Plain
from clipviz.charts.policy_looks import Look


def norm_stream(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    limit: NDArray[np.float64],
    skipped: NDArray[np.bool_],
    look: Look,
    colours: Palette,
    span: tuple[float, float],
    height: int = 240,
) -> Plain:
    """Norms (T,) before (thin) and after (the policy's colour) with the limit (dashed), on a log axis over `span`.

    A skipped step is a cross at the top: it has no norm after.
    """
    steps = np.arange(1, len(before) + 1)
    axes = Axis("step"), Axis("gradient norm", "log", span)
    figure = Plain(colours, height, *axes, layout={"hovermode": "x unified"})
    figure.add(
"scatter",        x=steps, y=np.where(np.isfinite(before), before, np.nan), mode="lines", name="before",
        line={"color": colours.faint, "width": 1.2}, hovertemplate="%{y:.4g}",
    )  # fmt: skip
    figure.add(
"scatter",        x=steps, y=after, mode="lines", name="after",
        line={"color": look.colour, "width": 2}, hovertemplate="%{y:.4g}",
    )  # fmt: skip
    if np.isfinite(limit).any():
        figure.add(
"scatter",            x=steps, y=np.where(np.isfinite(limit), limit, np.nan), mode="lines", name="limit",
            line={"color": colours.ink, "width": 1.4, "dash": "dash"}, hovertemplate="%{y:.4g}",
        )  # fmt: skip
    if skipped.any():
        figure.add(
"scatter",            x=steps[skipped], y=np.full(int(skipped.sum()), span[1] / 1.3), mode="markers", name="skipped",
            marker={"symbol": "x", "size": 9, "color": colours.warning}, hovertemplate="step left out",
        )  # fmt: skip
    return figure
