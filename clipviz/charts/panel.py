"""One panel of a live chart as data, and the named colours of its series."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from clipviz.charts.palette import DARK, LIGHT, Palette
from clipviz.core.run import Stream

Kind = Literal["line", "band", "share", "marks", "best", "events"]
Dash = Literal["solid", "dash", "dot", "dashdot", "longdash"]

DEPTHS = 16
"""Steps of colour from the first layer of a network to the last."""
OF_THE_RUN = "run"
"""The colour of a series that takes its run's own."""


@dataclass(frozen=True)
class Series:
    """One thing to draw.

    name: the series' name in its stream, or the kind of events for `events`.
    colour: a name of `colours()`, `run`, or #rrggbb.
    kind: line; share (a line from 0 to 100 %); band (filled from `name` up to `upper`); marks (a cross
        wherever the value is above zero); best (a star at the lowest value); events (a triangle at each).
    legend: whether the legend names it; hovering over the panel does in any case.
    """

    stream: Stream
    name: str
    label: str
    colour: str
    dash: Dash = "solid"
    kind: Kind = "line"
    upper: str = ""
    width: float = 1.8
    legend: bool = True


@dataclass(frozen=True)
class Panel:
    """One chart: title, the quantity and unit of its axis, and a line that says how to read it."""

    title: str
    y_title: str
    series: tuple[Series, ...]
    log: bool = False
    help: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def colours() -> dict[str, dict[str, str]]:
    """The named colours of panels on a light and on a dark page, from the one palette of all charts."""
    return {"light": _named(LIGHT), "dark": _named(DARK)}


def _named(palette: Palette) -> dict[str, str]:
    blue, vermillion, green, pink, gold, sky, violet, grey = palette.series
    return {
        "train": blue, "validation": vermillion, "each step": palette.faint, "best": vermillion,
        "before": blue, "after": green, "limit": palette.clamped, "clipped": palette.clamped,
        "threshold": palette.clamped, "p50": grey, "p90": sky, "p99": blue, "p999": violet,
        "skipped": palette.warning, "spike": palette.warning, "muted": palette.muted, "grey": grey,
        **{f"depth {at}": _between(palette.depth, at / (DEPTHS - 1)) for at in range(DEPTHS)},
        "1": blue, "2": vermillion, "3": green, "4": pink, "5": gold, "6": violet, "7": sky, "8": grey,
    }  # fmt: skip


def _between(colours: tuple[str, ...], place: float) -> str:
    """The colour at a place from 0 to 1 along some that are evenly spread."""
    at = min(int(place * (len(colours) - 1)), len(colours) - 2)
    share = place * (len(colours) - 1) - at
    pairs = ((int(colours[at][i : i + 2], 16), int(colours[at + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * share):02X}" for one, other in pairs)
