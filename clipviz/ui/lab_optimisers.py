"""The Lab's third tab: optimisers on surfaces, with decay, clipping, and where stopping rules would have stopped."""

from typing import Any

import numpy as np
import streamlit as st

from clipviz.analysis.lab import optimisers, stopping
from clipviz.analysis.lab.optimisers import Path, Schedule
from clipviz.analysis.lab.settings import OptimiserSettings
from clipviz.analysis.lab.surfaces import SURFACES, Surface
from clipviz.charts.lines import Line, lines
from clipviz.charts.palette import palette
from clipviz.charts.plain import Axis
from clipviz.charts.policy_looks import DASHES, Look
from clipviz.charts.trajectories import Way, trajectories
from clipviz.core.recipe import Choice
from clipviz.policies.gradients.base import GradientClip
from clipviz.policies.gradients.none import NoGradientClip
from clipviz.ui import lab_controls
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.link import Link
from clipviz.ui.text import number

START = ("sgd", "momentum", "adam")
RULES = ("patience", "gradient", "move", "growth")


def show(link: Link) -> None:
    left, right = st.columns([3, 1])
    with left:
        surface, given = _surface(link)
        names = _pick(link)
        first, own = ("rate", "steps", "momentum", "weight_decay"), {"rate": surface.rate}
        given |= lab_controls.settings(OptimiserSettings, link, first, defaults=own)
    with right:
        clip = lab_controls.pick("gradients", link, "clip", "Gradient clip", Choice(id="none"), empty=False)
    assert isinstance(clip, GradientClip)
    clips = not isinstance(clip, NoGradientClip)
    with left:
        shown = (("decay", True), ("final", True), ("noise", surface.noise > 0), ("bare", clips))
        last = [name for name, there in shown if there]
        given |= lab_controls.settings(OptimiserSettings, link, last)
    with st.expander("Stopping rules"):
        given |= lab_controls.settings(OptimiserSettings, link, RULES)
    chosen = OptimiserSettings(**given)
    st.markdown(f"${surface.formula}$: {surface.lesson}")
    followed = _follow(surface, names, chosen, clip)
    bare = _follow(surface, names, chosen, NoGradientClip()) if chosen.bare and clips else {}
    limits = stopping.Limits(chosen.patience, chosen.gradient, chosen.move, growth=chosen.growth)
    stops = {name: stopping.stops(path, limits) for name, path in followed.items()}
    _tell(surface.lowest, followed, stops)
    _draw(surface, chosen, followed, bare, stops)


def _surface(link: Link) -> tuple[Surface, dict[str, Any]]:
    """The surface; when it changes, the learning rate becomes one at which plain descent gets along on it."""
    given = lab_controls.settings(OptimiserSettings, link, ("surface",), across=2)
    before = st.session_state.get("lab:surface")
    if before and before != given["surface"] and not link.opened:
        link.forget("rate")
    st.session_state["lab:surface"] = given["surface"]
    return SURFACES[given["surface"]], given


def _pick(link: Link) -> list[str]:
    """The optimisers that walk, in the order of their list."""
    link.several("optimisers", tuple(optimisers.TITLES), START)
    picked = st.pills(
        "Optimisers",
        list(optimisers.TITLES),
        format_func=optimisers.TITLES.__getitem__,
        selection_mode="multi",
        key=link.key("optimisers"),
        wrap=True,
    )
    names = [name for name in optimisers.TITLES if name in picked]
    link.say("optimisers", ",".join(names))
    return names


def _follow(
    surface: Surface, names: list[str], chosen: OptimiserSettings, clip: GradientClip
) -> dict[str, Path]:
    schedule = Schedule(chosen.rate, chosen.steps, chosen.decay, chosen.final)
    return optimisers.paths(
        surface, names, schedule, clip, surface.start, chosen.momentum, chosen.weight_decay, chosen.noise
    )


def _looks() -> dict[str, Look]:
    hues = palette(st.context.theme.type).series
    return {
        name: Look(hues[place], DASHES[place % 2 * 2] if place else "solid")
        for place, name in enumerate(optimisers.TITLES)
    }


def _draw(
    surface: Surface,
    chosen: OptimiserSettings,
    followed: dict[str, Path],
    bare: dict[str, Path],
    stops: dict[str, dict[str, int | None]],
) -> None:
    colours, known = palette(st.context.theme.type), _looks()
    ways = [
        Way(
            optimisers.TITLES[name],
            path.points,
            known[name],
            stops[name],
            bare[name].points if bare else None,
        )
        for name, path in followed.items()
    ]
    who = ", ".join(way.name for way in ways) or "nobody"
    figure = trajectories(*surface.heights(), ways, surface.minima, colours)
    drawn(
        [Drawing(f"Ways over the {surface.title.lower()}", figure, f"Ways of {who} over contours")],
        key="lab.ways",
    )
    drawn(_panels(surface.lowest, chosen, followed), key="lab.losses", least=300)


def _panels(lowest: float, chosen: OptimiserSettings, followed: dict[str, Path]) -> list[Drawing]:
    """Loss, gradient norm and learning rate over the steps."""
    colours, known = palette(st.context.theme.type), _looks()
    losses, norms = [], []
    for name, path in followed.items():
        count, title = np.arange(len(path.losses), dtype=np.float64), optimisers.TITLES[name]
        losses.append(Line(title, count, np.maximum(path.losses - lowest, 1e-9), known[name], 1.8))
        norms.append(Line(title, count[:-1], np.maximum(path.norms, 1e-9), known[name], 1.8))
    schedule = Schedule(chosen.rate, chosen.steps, chosen.decay, chosen.final)
    rates = np.array([schedule.at(step) for step in range(chosen.steps)])
    ticks, ink = np.arange(chosen.steps, dtype=np.float64), Look(colours.ink, "solid")
    panels = (
        ("Loss above the minimum", Axis("loss", "log"), losses),
        ("Gradient norm before the clip", Axis("norm", "log"), norms),
        ("Learning rate", Axis("rate", span=(0, 1.1 * chosen.rate)), [Line("rate", ticks, rates, ink)]),
    )
    return [
        Drawing(title, lines(curves, Axis("step"), y, colours, height=240), f"{title} over the steps")
        for title, y, curves in panels
    ]


def _tell(lowest: float, followed: dict[str, Path], stops: dict[str, dict[str, int | None]]) -> None:
    """Where each optimiser ended, how often the clip fired, and which rule would have stopped it first."""
    lines = []
    for name, path in followed.items():
        met = {rule: at for rule, at in stops[name].items() if at is not None}
        first = min(met, key=met.__getitem__) if met else None
        end = (
            "is **lost from sight**"
            if path.lost
            else f"ends **{number(max(0.0, float(path.losses[-1]) - lowest), 3)}** above the minimum"
        )
        stop = (
            f"the rule *{first}* would stop it first, at step {met[first]}"
            if first
            else "no rule would stop it"
        )
        share_fired = (
            f"; {number(int(path.fired.sum()))} of {len(path.fired)} steps clipped"
            if path.fired.any()
            else ""
        )
        lines.append(f"- {optimisers.TITLES[name]} {end}; {stop}{share_fired}.")
    st.markdown("\n".join(lines) or "Pick an optimiser: nobody walks yet.")
