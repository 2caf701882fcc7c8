"""The values of one column as a histogram, with its overflow bins and the bounds that would cut it."""

import itertools
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from clipviz.charts.layout import finish, literal
from clipviz.charts.palette import Palette
from clipviz.core.bounds import Bounds
from clipviz.core.profile import Histogram

EDGE = 0.2
"""Share of the axis within which a line's label stands on the inner side of it."""


def column_histogram(
    name: str,
    before: Histogram,
    colours: Palette,
    bounds: Bounds | None = None,
    after: Histogram | None = None,
    log_counts: bool = False,
    unit: str = "rows",
    by_magnitude: bool = False,
    intervals: Sequence[tuple[float, float] | None] = (),
) -> go.Figure:
    """Counts per bin before (filled) and after a clamp (outline), on the same edges.

    Values outside the edges are drawn as one hatched bar on each side, never dropped; bounds that lie
    within the drawn range are vertical lines. Dragging selects a range of values.
    by_magnitude: every bin is drawn as wide as the next, labelled by its edges; for edges that grow by a factor.
    intervals: how far each bound may be off, drawn as a band behind its line.
    """
    if by_magnitude:
        return _by_magnitude(name, before, colours, log_counts, unit)
    figure = go.Figure()
    _bars(figure, before, unit, "values as they are", {"color": colours.value, "opacity": 0.75})
    if after is not None:
        outline = {"color": "rgba(0,0,0,0)", "line": {"color": colours.clamped, "width": 1.5}}
        _bars(figure, after, unit, "after the clamp", outline)
    for interval in intervals:
        if interval is not None:
            _band(figure, interval, before, colours)
    if bounds is not None:
        _lines(figure, bounds, before, colours)
    finish(figure, colours, height=380)
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        dragmode="select",
        selectdirection="h",
        xaxis_title=literal(name),
        yaxis_title=unit,
        legend={"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"},
    )
    width = figure.data[0].width[0]
    figure.update_xaxes(range=[before.edges[0] - 4 * width, before.edges[-1] + 4 * width])
    if log_counts:
        figure.update_yaxes(type="log", dtick=1)
    return figure


def _by_magnitude(name: str, drawn: Histogram, colours: Palette, log_counts: bool, unit: str) -> go.Figure:
    figure = go.Figure()
    even = tuple(float(place) for place in range(len(drawn.edges)))
    spans = [f"{low:.6g} to {high:.6g}" for low, high in itertools.pairwise(drawn.edges)]
    _bars(
        figure,
        drawn.model_copy(update={"edges": even}),
        unit,
        "values as they are",
        {"color": colours.value, "opacity": 0.75},
        [*spans, f"below {drawn.edges[0]:.6g}", f"above {drawn.edges[-1]:.6g}"],
    )
    finish(figure, colours, height=380)
    step = max(1, len(even) // 8)
    figure.update_layout(bargap=0, dragmode=False, xaxis_title=literal(name), yaxis_title=unit)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"})
    figure.update_xaxes(
        tickvals=even[::step],
        ticktext=[f"{drawn.edges[place]:.3g}" for place in range(0, len(even), step)],
        range=[-4, len(even) + 3],
    )
    if log_counts:
        figure.update_yaxes(type="log", dtick=1)
    return figure


def _bars(
    figure: go.Figure,
    histogram: Histogram,
    unit: str,
    label: str,
    marker: dict[str, Any],
    said: Sequence[str] = (),
) -> None:
    """said: what each bin is called, and the two overflow bins after them; by their edges where nothing is said."""
    edges = histogram.edges
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    widths = [high - low for low, high in itertools.pairwise(edges)]
    spans = list(said[: len(middles)]) or [
        f"{low:.6g} to {high:.6g}" for low, high in itertools.pairwise(edges)
    ]
    figure.add_bar(
        x=middles,
        y=histogram.counts,
        width=widths,
        name=label,
        marker=marker,
        customdata=spans,
        hovertemplate="%{customdata}<br>%{y:,} " + unit + "<extra>" + label + "</extra>",
    )
    width = 2 * (edges[-1] - edges[0]) / max(1, len(widths))
    outside = [
        (edges[0] - width, histogram.below, said[-2] if said else f"below {edges[0]:.6g}"),
        (edges[-1] + width, histogram.above, said[-1] if said else f"above {edges[-1]:.6g}"),
    ]
    shown = [entry for entry in outside if entry[1]]
    if shown:
        figure.add_bar(
            x=[entry[0] for entry in shown],
            y=[entry[1] for entry in shown],
            width=width,
            name=f"{label}, beyond the axis",
            marker={**marker, "pattern": {"shape": "/", "size": 6}},
            customdata=[entry[2] for entry in shown],
            hovertemplate="%{customdata}<br>%{y:,} " + unit + "<extra>" + label + "</extra>",
        )


def _band(figure: go.Figure, interval: tuple[float, float], histogram: Histogram, colours: Palette) -> None:
    width = 3 * (histogram.edges[-1] - histogram.edges[0]) / max(1, len(histogram.counts))
    left, right = max(interval[0], histogram.edges[0] - width), min(interval[1], histogram.edges[-1] + width)
    if left < right:
        figure.add_vrect(
            x0=left, x1=right, fillcolor=colours.bound, opacity=0.16, line_width=0, layer="below"
        )


def _lines(figure: go.Figure, bounds: Bounds, histogram: Histogram, colours: Palette) -> None:
    width = 3 * (histogram.edges[-1] - histogram.edges[0]) / max(1, len(histogram.counts))
    low, high = histogram.edges[0] - width, histogram.edges[-1] + width
    for value, label, anchor in ((bounds.lo, "lo", "right"), (bounds.hi, "hi", "left")):
        if low <= value <= high:
            beside = (value - low) / (high - low)
            if not EDGE < beside < 1 - EDGE:  # there is room on one side only
                anchor = "left" if beside < EDGE else "right"
            figure.add_vline(
                x=value,
                line={"color": colours.bound, "width": 2, "dash": "dash"},
                annotation={
                    "text": f"{label} {value:.5g}",
                    "xanchor": anchor,
                    "xshift": 3 if anchor == "left" else -3,
                    "font": {"color": colours.bound},
                },
            )
