"""How often each pixel value occurs, channel by channel."""

import itertools
from collections.abc import Sequence

import plotly.graph_objects as go

from clipviz.charts.layout import finish
from clipviz.charts.palette import Palette
from clipviz.core.profile import ChannelProfile

COLOURS_TOGETHER = 4
DASHES = {"grey": "solid", "red": "solid", "green": "dash", "blue": "dot"}


def pixel_histogram(
    channels: Sequence[ChannelProfile], colours: Palette, log_counts: bool = False
) -> go.Figure:
    """Pixels by value: bars for grey, one stepped line for each colour, told apart by dashes as well.

    Lines join four bins in one, because three combs over each other cannot be read; every pixel is counted.
    """
    shades = {
        "grey": colours.value,
        "red": colours.series[1],
        "green": colours.series[2],
        "blue": colours.series[0],
    }
    figure = go.Figure()
    together = 1 if len(channels) == 1 else COLOURS_TOGETHER
    for channel in channels:
        edges = channel.histogram.edges[::together]
        bins = channel.histogram.counts
        counts = [sum(bins[at : at + together]) for at in range(0, len(bins), together)]
        middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
        hover = "value about %{x:,.0f}<br>%{y:,} pixels<extra>" + channel.name + "</extra>"
        if len(channels) == 1:
            figure.add_bar(
                x=middles, y=counts, name="grey", width=edges[1] - edges[0], marker={"color": shades["grey"]},
                hovertemplate=hover,
            )  # fmt: skip
        else:
            line = {"color": shades[channel.name], "dash": DASHES[channel.name], "shape": "hvh", "width": 2}
            figure.add_scatter(
                x=middles, y=counts, name=channel.name, mode="lines", line=line, hovertemplate=hover
            )
    finish(figure, colours, height=320)
    figure.update_layout(
        bargap=0,
        xaxis_title="pixel value",
        yaxis_title="pixels",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    if log_counts:
        figure.update_yaxes(type="log", dtick=1)
    return figure
