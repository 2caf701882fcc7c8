"""How many images each class has."""

from collections.abc import Sequence

import plotly.graph_objects as go

from clipviz.charts.layout import finish, literal
from clipviz.charts.palette import Palette

MOST = 30


def class_counts(classes: Sequence[tuple[str, int]], colours: Palette) -> go.Figure:
    """One bar a class, the most frequent first; beyond thirty, the rest are one hatched bar. "" is "no label"."""
    shown = list(classes[:MOST])
    rest = sum(count for _, count in classes[MOST:])
    names = [literal(name, 24) if name else "no label" for name, _ in shown]
    counts = [count for _, count in shown]
    patterns = ["" if name else "/" for name, _ in shown]
    if rest:
        names.append(f"{len(classes) - MOST:,} others")
        counts.append(rest)
        patterns.append("/")
    figure = go.Figure()
    figure.add_bar(
        x=list(range(len(names))),
        y=counts,
        text=[f"{count:,}" for count in counts] if len(counts) <= 20 else None,
        textposition="outside",
        cliponaxis=False,
        marker={"color": colours.value, "pattern": {"shape": patterns}},
        customdata=names,
        hovertemplate="%{customdata}<br>%{y:,} images<extra></extra>",
    )
    finish(figure, colours, height=280)
    figure.update_layout(xaxis_title="class", yaxis_title="images", showlegend=False)
    figure.update_xaxes(tickvals=list(range(len(names))), ticktext=names)
    return figure
