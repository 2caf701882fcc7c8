"""Figures and words as one self-contained HTML file: no network, no server, opens in ten years."""

import html
from collections.abc import Callable, Sequence

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from clipviz.charts.palette import DARK, LIGHT, Palette

_STYLE = """
body { --ink: #1D2529; --ground: #FBFBF9; --muted: #5E6B70; --line: #DADDD6; --code: #F1F1EC;
  font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.answer { font-size: 1.2rem; font-weight: 600; } .muted { color: var(--muted); }
table { border-collapse: collapse; display: block; overflow-x: auto; overflow-wrap: normal; font-size: .8rem; }
table + table { margin-top: 1.4rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .35rem; text-align: right; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; min-width: 6rem; }
pre { background: var(--code); padding: 1rem; overflow-x: auto; }
.dark { display: none; }
@media screen and (prefers-color-scheme: dark) {
  body { --ink: #E6EAE8; --ground: #14191C; --muted: #9AA7AB; --line: #354046; --code: #1D2428; }
  .light { display: none; } .dark { display: block; }
}
@page { size: landscape; margin: 1cm; }
@media print {
  body { max-width: none; margin: 0; } h2 { break-after: avoid; }
  table { display: table; width: 100%; font-size: 6.5pt; } th, td { padding: .2rem; } tr { break-inside: avoid; }
}
"""


def heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{html.escape(text)}</p>'


def preformatted(text: str, summary: str = "") -> str:
    """Text as it is; folded behind a summary, where there is one."""
    shown = f"<pre>{html.escape(text)}</pre>"
    return f"<details><summary>{html.escape(summary)}</summary>{shown}</details>" if summary else shown


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are shown letter by letter."""
    top = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def figure(draw: Callable[[Palette], go.Figure]) -> str:
    """A figure for a light page and one for a dark page; the reader's system decides which is seen."""
    return "".join(
        f'<div class="{theme}">{_plot(draw(colours))}</div>'
        for theme, colours in (("light", LIGHT), ("dark", DARK))
    )


def _plot(drawn: go.Figure) -> str:
    config = {"displaylogo": False, "responsive": True}
    return str(drawn.to_html(full_html=False, include_plotlyjs=False, config=config, default_width="100%"))


def page(title: str, parts: Sequence[str]) -> str:
    """One HTML document of parts made by the functions above; plotly's code is inside."""
    name = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style>'
        f"<script>{get_plotlyjs()}</script></head><body><h1>{name}</h1>{''.join(parts)}</body></html>"
    )
