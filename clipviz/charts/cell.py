"""One combination of values in a heatmap: what its runs reached, how many there are, and how many were lost."""

from dataclasses import dataclass

import plotly.graph_objects as go

from clipviz.charts.palette import Palette


@dataclass(frozen=True)
class Cell:
    """mean: over the runs that did not diverge, None where all did. seeds: of these runs, and of `lost` ones."""

    mean: float | None
    seeds: int
    lost: int = 0

    @property
    def text(self) -> str:
        shown = "" if self.mean is None else f"{self.mean:.4g}"
        return "<br>".join(filter(None, (shown, f"✕ {self.lost}" if self.lost else "")))

    @property
    def note(self) -> str:
        """What it says when it is asked."""
        lost = f"; {self.lost} diverged" if self.lost else ""
        mean = "no mean" if self.mean is None else f"{self.mean:.5g}"
        return f"{mean}, {self.seeds} seed{'' if self.seeds == 1 else 's'}{lost}"


def heat(cells: list[list[Cell | None]]) -> dict[str, object]:
    """Colours and words of a heatmap's cells; holes where there is no such combination."""
    return {
        "z": [[each.mean if each else None for each in row] for row in cells],
        "text": [[each.text if each else "" for each in row] for row in cells],
        "customdata": [[each.note if each else "" for each in row] for row in cells],
        "texttemplate": "%{text}",
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
    }


def mark_lost(figure: go.Figure, cells: list[list[Cell | None]], colours: Palette, column: int = 1) -> None:
    """Say in the hole of a combination whose runs all diverged that it was tried."""
    for row, line in enumerate(cells):
        for place, each in enumerate(line):
            if each is not None and each.mean is None and each.lost:
                figure.add_annotation(
                    x=place, y=row, text=each.text, showarrow=False, hovertext=each.note,
                    font={"color": colours.warning},
                    xref=f"x{column if column > 1 else ''}", yref=f"y{column if column > 1 else ''}",
                )  # fmt: skip
