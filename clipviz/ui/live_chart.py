"""The live chart: mounted once a page, it asks the routes for news and draws without any script run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from clipviz.charts.panel import Panel, colours
from clipviz.ui import assets

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "clipviz_live_chart",
    css=(_HERE / "live_chart.css").read_text(encoding="utf-8"),
    js=(_HERE / "live_chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class RunLine:
    """One run of a live chart.

    label: user text, shown letter by letter. colour: #rrggbb of its curves where a panel says "run", and of
    its mark in the status strip; empty where there is one run only.
    state: the state that the page is drawn for; when the run moves on, the page is run again, once a state.
    measured: whether the page knew the run's series; if not, the page is run again when the first arrive.
    """

    id: str
    label: str
    colour: str = ""
    state: str = ""
    measured: bool = True


def live_chart(
    runs: Sequence[RunLine],
    panels: Sequence[Panel],
    key: str,
    *,
    log: bool = True,
    named_colours: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, str] | None:
    """Draws panels of runs that follow their training, with state, progress and the event log above and below.

    Zoom, hover and hidden series stay as they are while data arrives and when the page runs again, as long
    as `key` stays the same. log: show the event log. named_colours: {"light": {name: #rrggbb}, "dark": ...}
    for the colour names in panels; those of `charts.panel.colours()` by default.

    Returns {"run": id, "state": state} in the one script run that a change of state has caused, else None.
    """
    result = _component(
        key=key,
        data={
            **served(),
            "runs": [asdict(run) for run in runs],
            "panels": [panel.as_data() for panel in panels],
            "colours": named_colours or colours(),
            "log": log,
        },
        on_moved_change=lambda: None,
    )
    moved = result.get("moved")
    return moved if isinstance(moved, dict) else None


def prepare() -> None:
    """Loads, in a page that will soon lead to a live chart, what drawing it needs: it then appears at once."""
    _component(key="prepare_live_chart", data=served(), height=0)


def served() -> dict[str, str]:
    """Where the browser finds our modules and Plotly, and in which version."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return {
        "root": f"/{base}/" if base else "/",
        "version": assets.live_version(),
        "plotly": assets.plotly_version(),
    }
