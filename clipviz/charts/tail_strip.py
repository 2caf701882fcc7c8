"""The target beyond the bounds of a column, next to them, and inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.charts.palette import Palette
from clipviz.charts.vega import finish, inline

HEIGHT = 260
MOST = 250
MOST_CLASSES = 7
OTHERS = "others"


@dataclass(frozen=True)
class Part:
    """Training rows of one stretch, ascending by value.

    name: the lines of its label. target: (N,) numbers or class codes; rows: how many there are, of which N are looked
    at. beyond: whether they lie beyond a bound.
    """

    name: tuple[str, ...]
    values: NDArray[np.float64]
    target: NDArray[np.float64]
    rows: int
    beyond: bool


def tail_strip(parts: Sequence[Part], target: str, colours: Palette) -> Any:
    """Every target as a point, stretch beside stretch, each ordered by the column's value, with its median as a bar.

    Of more than 250 rows in a stretch evenly spread ones are drawn; the median is of all that are looked at.
    """
    import altair as alt

    points, medians = [], []
    for place, part in enumerate(parts):
        shown = np.linspace(0, len(part.target) - 1, min(MOST, len(part.target))).astype(np.int64)
        for rank in shown.tolist():
            across = place + 0.06 + 0.88 * (rank + 0.5) / len(part.target)
            value, height = float(part.values[rank]), float(part.target[rank])
            points.append({"x": across, "target": height, "value": value, "beyond": part.beyond})
        if len(part.target):
            medians.append({"x": place + 0.06, "end": place + 0.94, "target": float(np.median(part.target))})
    said = " : ".join(f"datum.value == {place + 0.5} ? {_lines(part)}" for place, part in enumerate(parts))
    axis = alt.Axis(
        values=[place + 0.5 for place in range(len(parts))], labelExpr=f"{said} : ''", grid=False, title=None,
        ticks=False, labelPadding=8, labelOverlap=False,
    )  # fmt: skip
    across = alt.X(
        field="x", type="quantitative", axis=axis, scale=alt.Scale(domain=[0, len(parts)], nice=False)
    )
    up = alt.Y(field="target", type="quantitative", title=target, scale=alt.Scale(zero=False))
    shade = [{"x": place, "end": place + 1} for place, part in enumerate(parts) if part.beyond]
    chart: Any = alt.layer(
        alt.Chart(inline(shade))
        .mark_rect(color=colours.clamped, opacity=0.08)
        .encode(x=across, x2=alt.X2(field="end")),
        alt.Chart(inline(points))
        .mark_point(filled=True, size=26, opacity=0.6)
        .encode(
            x=across,
            y=up,
            color=alt.condition("datum.beyond", alt.value(colours.clamped), alt.value(colours.value)),
            shape=alt.condition("datum.beyond", alt.value("diamond"), alt.value("circle")),
            tooltip=[
                alt.Tooltip(field="value", type="quantitative", format=",.5~g"),
                alt.Tooltip(field="target", type="quantitative", format=",.5~g"),
            ],
        ),
        alt.Chart(inline(medians))
        .mark_rule(color=colours.ink, strokeWidth=3)
        .encode(
            x=across,
            x2=alt.X2(field="end"),
            y=up,
            tooltip=alt.Tooltip(field="target", type="quantitative", format=",.5~g", title="median"),
        ),
    ).properties(height=HEIGHT)
    return finish(chart, colours)


def class_strip(parts: Sequence[Part], classes: Sequence[str], colours: Palette) -> Any:
    """The shares of the classes in each stretch, one bar a stretch; rare classes are drawn as one."""
    import altair as alt

    names = [" ".join(part.name) for part in parts]
    said = " : ".join(
        f"datum.label == '{name}' ? {_lines(part)}" for name, part in zip(names, parts, strict=True)
    )
    counts = np.array([np.bincount(part.target.astype(np.int64), minlength=len(classes)) for part in parts])
    frequent = np.argsort(-counts.sum(axis=0), kind="stable")[:MOST_CLASSES]
    shown = [classes[place] for place in frequent] + ([OTHERS] if len(classes) > MOST_CLASSES else [])
    rows: list[dict[str, Any]] = []
    for name, line in zip(names, counts, strict=True):
        shares = [*line[frequent].tolist(), int(line.sum() - line[frequent].sum())]
        for order, label in enumerate(shown):
            if shares[order]:
                share = shares[order] / int(line.sum())
                rows.append(
                    {"part": name, "class": label, "order": order, "rows": shares[order], "share": share}
                )
    base = alt.Chart(inline(rows)).encode(
        x=alt.X(
            field="part", type="nominal", sort=names, title=None,
             axis=alt.Axis(labelAngle=0, ticks=False, labelExpr=f"{said} : ''", labelPadding=8, labelOverlap=False),
            scale=alt.Scale(domain=names, paddingInner=0.25),
        ),
        y=alt.Y(field="rows", type="quantitative", stack="normalize", title="share of rows", axis=alt.Axis(format="%")),
        order=alt.Order(field="order", type="quantitative"),
    )  # fmt: skip
    bars = base.mark_bar(stroke=colours.ground, strokeWidth=1).encode(
        color=alt.Color(
            field="class", type="nominal", title=None, sort=shown,
            scale=alt.Scale(domain=shown, range=list(colours.series)), legend=alt.Legend(orient="top", labelLimit=160),
        ),
        tooltip=[
            alt.Tooltip(field="class", type="nominal"),
            alt.Tooltip(field="rows", type="quantitative", format=","),
            alt.Tooltip(field="share", type="quantitative", format=".0%"),
        ],
    )  # fmt: skip
    whole: Any = alt.layer(bars).properties(height=HEIGHT)
    return finish(whole, colours)


def _lines(part: Part) -> str:
    """The name of a part and its rows as lines of a label, in Vega's language."""
    return "[" + ", ".join(f"'{line}'" for line in (*part.name, f"{part.rows:,} rows")) + "]"
