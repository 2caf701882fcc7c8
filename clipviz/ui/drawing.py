"""Figures on a page: redrawn in place in the browser, without flicker, zoom kept; each can be downloaded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import streamlit as st

from clipviz.ui.live_chart import served

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "clipviz_drawing",
    css=(_HERE / "drawing.css").read_text(encoding="utf-8"),
    js=(_HERE / "drawing.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


class Figure(Protocol):
    """A figure of clipviz.charts."""

    def to_json(self, validate: bool) -> str | None: ...


@dataclass(frozen=True)
class Drawing:
    """One figure on a page. title: unique among those drawn together. alt: what it shows, for those who do not see it.
    help: how to read it, one short line. heading: whether the title is written above it; it names downloads anyway.
    selects: whether a drag across it says a range of x."""

    title: str
    figure: Figure
    alt: str
    help: str = ""
    heading: bool = True
    selects: bool = False


def drawn(drawings: Sequence[Drawing], key: str, least: int = 320) -> tuple[float, float] | None:
    """Draws figures side by side, as many in a line as fit when each is at least `least` pixels wide.

    Each can be downloaded as PNG, SVG or CSV. Titles and helps are shown letter by letter. Returns the range of x,
    ascending, that somebody has dragged over, in the one script run that the drag causes; else None.
    """
    figures = [
        {
            "title": each.title,
            "alt": each.alt,
            "help": each.help,
            "heading": each.heading,
            "selects": each.selects,
            "spec": each.figure.to_json(validate=False),
        }
        for each in drawings
    ]
    result = _component(
        key=key, data={**served(), "figures": figures, "least": least}, on_selected_change=lambda: None
    )
    return dragged(result.get("selected"))


def dragged(said: object) -> tuple[float, float] | None:
    """A range as a browser says it; None for anything that is none."""
    if not isinstance(said, list) or len(said) != 2:
        return None
    ends = [float(end) for end in said if isinstance(end, int | float) and math.isfinite(end)]
    return (min(ends), max(ends)) if len(ends) == 2 else None
