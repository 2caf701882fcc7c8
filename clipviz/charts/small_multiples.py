"""All columns side by side, each with its bounds; a click picks one."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clipviz.charts.palette import Palette
from clipviz.charts.vega import finish, inline
from clipviz.core.bounds import Bounds
from clipviz.core.profile import Histogram

if TYPE_CHECKING:
    import altair as alt

WIDTH, HEIGHT = 158, 64
ACROSS = 6
TICK = "abs(datum.value) < 1000 ? format(datum.value, '.3~g') : format(datum.value, '.3~s')"
PICK = "pick"
"""The name of the selection; what is picked is the `place` of a panel."""


@dataclass(frozen=True)
class Panel:
    """One column. label: the lines above it, unlike those of any other; said: by hover; chosen: has a frame."""

    place: int
    label: str
    said: str
    histogram: Histogram
    bounds: Bounds
    chosen: bool = False


def small_multiples(panels: Sequence[Panel], colours: Palette) -> "alt.FacetChart":
    """A small histogram for each panel, in the order given: bins beyond the bounds stand out, and so do the bounds.

    Heights are roots of counts, so that tails can be seen; values outside the edges are the bars at the ends. A click
    anywhere in a panel selects its place.
    """
    import altair as alt

    rows = [row for panel in panels for row in _rows(panel)]
    base = alt.Chart().properties(width=WIDTH, height=HEIGHT)
    bars = (
        base.transform_filter("datum.kind == 'bin'")
        .mark_bar(binSpacing=0)
        .encode(
            x=_quantitative("left", axis=alt.Axis(title=None, grid=False, tickCount=3, labelExpr=TICK)),
            x2=alt.X2(field="right"),
            y=_quantitative("rows", axis=None, scale=alt.Scale(type="sqrt", zero=True)),
            y2=alt.value(HEIGHT),
            color=alt.condition("datum.beyond", alt.value(colours.clamped), alt.value(colours.value)),
        )
    )
    lines = (
        base.transform_filter("datum.kind == 'bound'")
        .mark_rule(color=colours.bound, strokeWidth=1.5, strokeDash=[4, 2])
        .encode(x=_quantitative("left"), opacity=alt.condition("datum.drawn", alt.value(1), alt.value(0)))
    )
    whole = {"x": alt.value(0), "x2": alt.value(WIDTH), "y": alt.value(0), "y2": alt.value(HEIGHT)}
    frame = (
        base.transform_filter("datum.kind == 'panel' && datum.chosen")
        .mark_rect(fillOpacity=0, stroke=colours.ink, strokeWidth=1.5)
        .encode(**whole)
    )
    pick = alt.selection_point(name=PICK, fields=["place"], on="click", clear=False)
    ground = (
        base.transform_filter("datum.kind == 'panel'")
        .mark_rect(opacity=0.001, color=colours.ground, cursor="pointer")
        .encode(**whole, tooltip=alt.Tooltip(field="said", type="nominal", title=" "))
        .add_params(pick)
    )
    chart: alt.FacetChart = (
        alt.layer(bars, lines, frame, ground, data=inline(rows))
        .facet(
            facet=alt.Facet(
                field="label",
                type="nominal",
                sort=[panel.label for panel in panels],
                header=alt.Header(
                    title=None,
                    labelLimit=WIDTH,
                    labelAnchor="start",
                    labelPadding=2,
                    labelExpr="split(datum.label, '\\n')",
                ),
            ),
            columns=ACROSS,
            spacing={"row": 10, "column": 14},
        )
        .resolve_scale(x="independent", y="independent")
    )
    return finish(chart, colours)


def _rows(panel: Panel) -> list[dict[str, Any]]:
    drawn, bounds = panel.histogram, panel.bounds
    edges = drawn.edges
    width = 1.5 * (edges[-1] - edges[0]) / max(1, len(drawn.counts))
    bins = list(zip(itertools.pairwise(edges), drawn.counts, strict=True))
    bins += [
        ((edges[0] - 1.2 * width, edges[0] - 0.2 * width), drawn.below),
        ((edges[-1] + 0.2 * width, edges[-1] + 1.2 * width), drawn.above),
    ]
    common = {"place": panel.place, "label": panel.label}
    rows: list[dict[str, Any]] = [{**common, "kind": "panel", "said": panel.said, "chosen": panel.chosen}]
    for (left, right), count in bins:
        if count:
            middle = (left + right) / 2
            beyond = middle < bounds.lo or middle > bounds.hi
            rows.append(
                {**common, "kind": "bin", "left": left, "right": right, "rows": count, "beyond": beyond}
            )
    for bound in (bounds.lo, bounds.hi):
        there = edges[0] - width <= bound <= edges[-1] + width
        rows.append({**common, "kind": "bound", "left": bound if there else edges[0], "drawn": there})
    return rows


def _quantitative(field: str, **more: Any) -> Any:
    import altair as alt

    channel = alt.Y if field == "rows" else alt.X
    more.setdefault("scale", alt.Scale(zero=False, nice=False))
    return channel(field=field, type="quantitative", **more)
