"""Input clamp x activation clip x gradient clip: the mean metric of every combination, one heatmap a gradient clip."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from clipviz.charts.cell import Cell, heat, mark_lost
from clipviz.charts.layout import finish, literal, wrapped
from clipviz.charts.palette import Palette


def interaction(
    means: Mapping[tuple[str, str, str], Cell], value: str, lower_is_better: bool, colours: Palette
) -> go.Figure:
    """means: by (input, activation, gradient). Alike panels: no interaction; a clip that helps only beside another
    shows in one of them."""
    inputs, activations, gradients = (_levels(means, place) for place in range(3))
    figure = make_subplots(
        rows=1,
        cols=len(gradients),
        shared_yaxes=True,
        horizontal_spacing=0.04,
        subplot_titles=[wrapped(name, 30, 3) for name in gradients],
    )
    for column, gradient in enumerate(gradients, 1):
        cells = [[means.get((each, activation, gradient)) for activation in activations] for each in inputs]
        figure.add_heatmap(
            **heat(cells),
            x=list(range(len(activations))),
            y=list(range(len(inputs))),
            coloraxis="coloraxis",
            row=1,
            col=column,
        )
        mark_lost(figure, cells, colours, column)
    finish(figure, colours, height=190 + 44 * len(inputs))
    figure.update_layout(
        coloraxis={
            "colorscale": "Cividis",
            "reversescale": lower_is_better,
            "colorbar": {"title": {"text": literal(value), "side": "right"}},
        },
        margin={"t": 40},
    )
    figure.update_xaxes(
        tickvals=list(range(len(activations))),
        ticktext=[wrapped(name, 14, 6) for name in activations],
        showgrid=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(inputs))), ticktext=[wrapped(name, 20, 4) for name in inputs], showgrid=False,
        range=[len(inputs) - 0.5, -0.5],
    )  # fmt: skip
    return figure


def _levels(means: Mapping[tuple[str, str, str], Cell], place: int) -> Sequence[str]:
    return list(dict.fromkeys(key[place] for key in means))
