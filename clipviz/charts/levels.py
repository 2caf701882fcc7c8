"""Two fields that vary together: the mean metric of each combination as a heatmap."""

from collections.abc import Sequence

import plotly.graph_objects as go

from clipviz.charts.cell import Cell, heat, mark_lost
from clipviz.charts.layout import finish, literal, wrapped
from clipviz.charts.palette import Palette


def levels(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: list[list[Cell | None]],
    titles: tuple[str, str, str],
    lower_is_better: bool,
    colours: Palette,
) -> go.Figure:
    """cells: (rows, columns), None where there is no such arm; titles: of rows, of columns, of the value."""
    row_title, column_title, value_title = titles
    figure = go.Figure()
    figure.add_heatmap(
        **heat(cells),
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        colorscale="Cividis",
        reversescale=lower_is_better,
        colorbar={"title": {"text": literal(value_title), "side": "right"}},
    )
    mark_lost(figure, cells, colours)
    finish(figure, colours, height=140 + 44 * len(rows))
    figure.update_layout(xaxis_title=literal(column_title), yaxis_title=literal(row_title))
    figure.update_xaxes(
        tickvals=list(range(len(columns))),
        ticktext=[wrapped(name, 14, 6) for name in columns],
        showgrid=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[wrapped(name, 20, 4) for name in rows],
        showgrid=False,
        autorange="reversed",
    )
    return figure
