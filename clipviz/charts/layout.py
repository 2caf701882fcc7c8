"""What every figure shares: ink, grid, margins, and no text that plotly would read as markup."""

import html
import textwrap
from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from clipviz.charts.palette import Palette


def finish(figure: go.Figure, colours: Palette, height: int) -> go.Figure:
    """Applies the house style to a figure, in place, and returns it."""
    figure.update_layout(house(colours, height))
    figure.update_xaxes(axis(colours))
    figure.update_yaxes(axis(colours))
    return figure


def house(colours: Palette, height: int) -> dict[str, Any]:
    """The house style of a figure's layout, axes apart."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.ink, "size": 13},
        "colorway": list(colours.series),
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.ink},
        "hoverlabel": {"bgcolor": colours.ground, "font": {"color": colours.ink}},
    }


def axis(colours: Palette) -> dict[str, Any]:
    """The house style of an axis."""
    return {"gridcolor": colours.grid, "zerolinecolor": colours.grid, "automargin": True}


def literal(text: str, limit: int = 60) -> str:
    """User text for a title, label or hover: plotly reads <b> and <a>, so markup is made harmless."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return html.escape(cut, quote=False).replace("\n", " ")


def taken(names: Iterable[str], width: int, lines: int) -> int:
    """How many lines the longest of these names takes, wrapped like that; 1 for none."""
    return max((wrapped(name, width, lines).count("<br>") + 1 for name in names), default=1)


def wrapped(text: str, width: int = 18, lines: int = 3) -> str:
    """User text for the tick of an axis, on so many lines at most, so that a long name is read in full."""
    parts = textwrap.wrap(" ".join(text.split()), width)
    if len(parts) > lines:
        parts = [*parts[: lines - 1], f"{parts[lines - 1][: width - 1]}…"]
    return "<br>".join(html.escape(part, quote=False) for part in parts)
