"""What every Altair chart shares: ink, grid and fonts of the house."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from clipviz.charts.palette import Palette

if TYPE_CHECKING:
    import pandas as pd

Chart = TypeVar("Chart")


def inline(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows that travel beside the chart: rows inside it Altair would copy and check one by one, many times over."""
    import pandas as pd

    return pd.DataFrame(rows)


def points(chart: Any) -> "pd.DataFrame":
    """The rows that a chart, or all layers of it, were made from: what its download holds."""
    import pandas as pd

    layers = [chart, *getattr(chart, "layer", [])]
    found = [each.data for each in layers if isinstance(each.data, pd.DataFrame) and len(each.data)]
    return pd.concat(found, ignore_index=True)


def finish(chart: Chart, colours: Palette) -> Chart:
    """A chart in the house style; on the page's own ground."""
    drawn: Any = chart
    styled: Chart = (
        drawn.configure(background="transparent", font="Inter, Segoe UI, system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=colours.muted,
            titleColor=colours.ink,
            titleFontWeight="normal",
            gridColor=colours.grid,
            domainColor=colours.grid,
            tickColor=colours.grid,
            labelFontSize=12,
            titleFontSize=13,
        )
        .configure_header(labelColor=colours.ink, labelFontSize=12, title=None)
        .configure_legend(labelColor=colours.ink, titleColor=colours.ink, labelFontSize=12)
    )
    return styled
