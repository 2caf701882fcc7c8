"""Figures that follow a slider: redrawn in place in the browser, without flicker, zoom kept."""

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
    help: how to read it, one short line."""

    title: str
    figure: Figure
    alt: str
    help: str = ""


def drawn(drawings: Sequence[Drawing], key: str, least: int = 320) -> None:
    """Draws figures side by side, as many in a line as fit when each is at least `least` pixels wide.

    Each can be downloaded as PNG, SVG or CSV. Titles and helps are shown letter by letter.
    """
    figures = [
        {"title": each.title, "alt": each.alt, "help": each.help, "spec": each.figure.to_json(validate=False)}
        for each in drawings
    ]
    _component(key=key, data={**served(), "figures": figures, "least": least})
