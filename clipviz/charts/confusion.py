"""Which classes are taken for which."""

from collections.abc import Sequence

import numpy as np

from clipviz.charts.layout import literal
from clipviz.charts.palette import Palette
from clipviz.charts.plain import Axis, Plain

WRITTEN = 12
"""Up to so many classes the counts are written into the cells."""


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str], colours: Palette) -> Plain:
    """counts by truth (down) and prediction (across). Colour is the share of the true class, so that rare ones show."""
    table = np.array(counts, dtype=np.float64)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    names = [literal(name, 24) for name in classes]
    places = list(range(len(names)))
    ticks = {"tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False}
    figure = Plain(
        colours, 160 + 26 * max(4, len(names)),
        Axis("predicted", more=ticks), Axis("true", more={**ticks, "autorange": "reversed"}),
    )  # fmt: skip
    red, green, blue = (int(colours.value[at : at + 2], 16) for at in (1, 3, 5))
    figure.add(
        "heatmap", x=places, y=places, z=share, zmin=0, zmax=1, xgap=1, ygap=1, showscale=False,
        colorscale=[[0, f"rgba({red},{green},{blue},0.06)"], [1, colours.value]],
        customdata=[
            [[down, across, int(count)] for across, count in zip(names, row, strict=True)]
            for down, row in zip(names, table, strict=True)
        ],
        hovertemplate="true %{customdata[0]}<br>predicted %{customdata[1]}<br>%{customdata[2]} rows, "
        "%{z:.1%} of the class<extra></extra>",
        **({"text": table.astype(int).tolist(), "texttemplate": "%{text}"} if len(names) <= WRITTEN else {}),
    )  # fmt: skip
    return figure
