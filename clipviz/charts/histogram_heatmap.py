"""A histogram over time: one column a look, one row a bin, colour by share on a log scale."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clipviz.charts.layout import finish
from clipviz.charts.palette import Palette
from clipviz.core.bins import ABOVE, BELOW, EDGES, LOST

LEAST = 1e-4
"""Smaller shares have the colour of this one."""
_TICKS = (-10.0, -0.1, -1e-3, -1e-5, 0.0, 1e-5, 1e-3, 0.1, 10.0)


def histogram_heatmap(
    steps: NDArray[np.int64], counts: NDArray[np.float32], colours: Palette, height: int = 380
) -> go.Figure:
    """steps (T,), counts (T, bins) as `core.bins` orders them.

    Values beyond the outermost edges and values that are not finite stand apart, in the colour of warnings.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # (T, bins)
    inside = np.arange(BELOW + 1, ABOVE)
    apart = {BELOW: -3.0, ABOVE: ABOVE + 3.0, LOST: ABOVE + 7.0}
    figure = go.Figure()
    _layer(
        figure,
        steps,
        shares[:, inside],
        inside.astype(float),
        [_range(each) for each in inside],
        colours.value,
    )
    figure.data[0].update(
        showscale=True,
        colorbar={
            "title": "share",
            "tickvals": [-4, -3, -2, -1, 0],
            "ticktext": ["≤ 0.01 %", "0.1 %", "1 %", "10 %", "100 %"],
            "thickness": 10,
        },
    )
    names = {
        BELOW: f"below −{-EDGES[0]:,.0f}",
        ABOVE: f"above {EDGES[-1]:,.0f}",
        LOST: "NaN or infinite",
    }
    for bin_, place in apart.items():
        _layer(figure, steps, shares[:, [bin_]], np.array([place]), [names[bin_]], colours.warning)
    finish(figure, colours, height)
    figure.update_layout(xaxis_title="step", showlegend=False, font={"size": 11})
    written = {_place(value): f"{value:g}".replace("-", "−") for value in _TICKS}
    ticks = written | {apart[each]: names[each] for each in apart}
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(
        tickvals=list(ticks), ticktext=list(ticks.values()), showgrid=False, zeroline=False,
        range=[-4.5, ABOVE + 8.5],
    )  # fmt: skip
    return figure


def _layer(
    figure: go.Figure,
    steps: NDArray[np.int64],
    shares: NDArray[np.floating],
    places: NDArray[np.floating],
    names: list[str],
    colour: str,
) -> None:
    """Rows of bins at `places`, shares (T, rows); a bin without values stays empty."""
    with np.errstate(divide="ignore"):
        shown = np.where(shares > 0, np.log10(np.maximum(shares, LEAST)), np.nan).T
    said = np.broadcast_to(np.array(names, dtype=object)[:, None], shown.shape)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    figure.add_heatmap(
        x=steps.tolist(),
        y=places.tolist(),
        z=[[None if np.isnan(value) else float(value) for value in row] for row in shown],
        customdata=np.dstack([said, shares.T]).tolist(),
        zmin=float(np.log10(LEAST)),
        zmax=0,
        colorscale=[[0, f"rgba({red},{green},{blue},0.12)"], [1, colour]],
        showscale=False,
        hoverongaps=False,
        hovertemplate="step %{x}<br>%{customdata[0]}<br>%{customdata[1]:.3%}<extra></extra>",
    )


def _range(bin_: int | np.integer) -> str:
    """What the values of a bin between two edges are."""
    low, high = EDGES[bin_ - 1], EDGES[bin_]
    return "practically 0" if low < 0 < high else f"{low:.2g} to {high:.2g}"


def _place(value: float) -> float:
    """Where a value stands on the axis: bins are one apart, and edges half way between them."""
    if value == 0:
        return len(EDGES) / 2
    return float(np.argmin(np.abs(EDGES - value))) + 0.5
