"""A sweep as it fills: one cell a run, arms down, seeds across; a table that is redrawn in place, without flicker."""

import html
from collections.abc import Sequence

import streamlit as st

from clipviz.analysis.verdict.gather import Group
from clipviz.core.metric import Metric
from clipviz.core.run import Run, State, undefined
from clipviz.ui.text import number, plain

MOST_SEEDS = 60
SIGNS = {State.QUEUED: "·", State.RUNNING: "▸", State.PAUSED: "‖", State.STOPPED: "◻", State.FAILED: "!"}
_STYLE = """<style>
.cells { overflow-x: auto; margin-bottom: .5rem; } .cells table { border-collapse: separate; border-spacing: 2px; }
.cells th { font-weight: 400; font-size: .8rem; text-align: left; padding-right: .6rem;
  line-height: 1.15; }
.cells tbody th { min-width: 7rem; max-width: min(24rem, 42vw); }
.cells thead th { text-align: center; padding: 0; opacity: .7; }
.cells td { min-width: 1.7rem; height: 1.5rem; text-align: center; font-size: .72rem; border-radius: 3px;
  background: var(--st-secondary-background-color); padding: 0 .2rem; }
</style>"""


def cells(groups: Sequence[Group], metric: Metric | None) -> None:
    """Colour and number say the metric, from the best (blue) to the worst (orange); a sign says the state."""
    seeds = sorted({seed for group in groups for seed in group.runs})
    values = sorted(
        v for group in groups for run in group.runs.values() if (v := _value(run, metric)) is not None
    )
    head = "".join(f'<th scope="col">{seed}</th>' for seed in seeds[:MOST_SEEDS])
    lines = [
        f'<tr><th scope="row">{html.escape(plain(group.variant.name, 300))}</th>'
        + "".join(_cell(group.runs.get(seed), metric, values) for seed in seeds[:MOST_SEEDS])
        + "</tr>"
        for group in groups
    ]
    st.html(
        f'{_STYLE}<div class="cells"><table aria-label="Runs by arm and seed"><thead><tr><th>seed</th>{head}</tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
    more = f" The first {MOST_SEEDS} of {number(len(seeds))} seeds." if len(seeds) > MOST_SEEDS else ""
    st.caption(
        f"· waits  ▸ trains  ‖ paused  ◻ stopped  ✕ diverged  – no value of this metric  ! failed.{more}"
    )


def _cell(run: Run | None, metric: Metric | None, values: list[float]) -> str:
    if run is None:
        return "<td></td>"
    value = _value(run, metric)
    about = html.escape(
        f"{plain(run.name, 300)}: {run.state.value} {plain(run.reason, 160)}".strip(), quote=True
    )
    if value is None or metric is None:
        sign = _sign(run, metric)
        return f'<td title="{about}">{sign}</td>'
    place = values.index(value) / max(1, len(values) - 1)
    good = 1 - place if metric.better == "lower" else place
    return f'<td title="{about}" style="background:{_colour(good)};color:#10181c">{_short(value)}</td>'


def _sign(run: Run, metric: Metric | None) -> str:
    """What stands for a run that has no number to show."""
    if run.state is not State.FINISHED or metric is None or not run.result:
        return "✕" if run.diverged else SIGNS.get(run.state, "")
    return "–" if undefined(run.result, metric.name) else "✕"


def _value(run: Run, metric: Metric | None) -> float | None:
    if metric is None or run.state is not State.FINISHED or not run.result:
        return None
    value = run.result["metrics"].get(metric.name)
    return None if value is None else float(value)


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.3g}"


def _colour(good: float) -> str:
    """From orange (0) over grey to blue (1): apart for colour-blind readers too."""
    worst, middle, best = (240, 160, 90), (222, 222, 215), (120, 180, 225)
    start, end, share = (worst, middle, good * 2) if good < 0.5 else (middle, best, good * 2 - 1)
    parts = [round(a + (b - a) * share) for a, b in zip(start, end, strict=True)]
    return f"rgb({parts[0]},{parts[1]},{parts[2]})"
