"""The Lab's second tab: what gradient policies do to one gradient, to its length, and to a stream of them."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clipviz.analysis.lab import gradients
from clipviz.analysis.lab.gradients import Stream
from clipviz.analysis.lab.settings import GradientSettings
from clipviz.charts.arrows import Arrow, arrows
from clipviz.charts.lines import Line, lines
from clipviz.charts.norm_stream import norm_stream
from clipviz.charts.palette import Palette, palette
from clipviz.charts.plain import Axis
from clipviz.charts.policy_looks import Look, looks
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice
from clipviz.policies.gradients.base import GradientClip
from clipviz.ui import lab_controls
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.link import Link
from clipviz.ui.text import counted, number

SLOTS = {
    slot: Choice(id=id)
    for slot, id in (("p1", "global_norm"), ("p2", "autoclip"), ("p3", "zclip"), ("p4", "norm_ema"))
}
"""A fixed threshold, a percentile, a z-score, an adaptive one: four ways to meet a stream with spikes. (AdaGC would
need larger layers: of a layer of one weight the least norm in its warm-up is next to 0.)"""
RANGE = np.geomspace(0.05, 20, 61)
AXES = ("g₁", "g₂")


@dataclass(frozen=True)
class Picked:
    """One policy of the tab. name: unique among those shown. id: of its file."""

    name: str
    id: str
    policy: GradientClip
    look: Look


def pick(link: Link) -> list[Picked]:
    """Up to four policies, each with its sliders below its colour."""
    known, found, seen = looks("gradients", palette(st.context.theme.type)), [], Counter[str]()
    for place, (cell, (slot, default)) in enumerate(zip(st.columns(4), SLOTS.items(), strict=True)):
        with cell:
            mark = st.empty()
            lab_controls.swatch(mark, None)
            policy = lab_controls.pick("gradients", link, slot, f"Policy {place + 1}", default)
            if not isinstance(policy, GradientClip):
                continue
            id = lab_controls.id_of(policy)
            look = known[id].again(seen[id])
            lab_controls.swatch(mark, look)
            seen[id] += 1
            name = policy.title + (f" ({seen[id]})" if seen[id] > 1 else "")
            found.append(Picked(name, id, policy, look))
    return found


def one(link: Link, picked: list[Picked]) -> GradientSettings:
    """The gradient as an arrow under every policy that there is, and length in against length out; what was set."""
    given = lab_controls.settings(GradientSettings, link, ("length", "angle", "usual", "weight"))
    chosen, colours = GradientSettings(**given), palette(st.context.theme.type)
    turn = math.radians(chosen.angle)
    raw = chosen.length * np.array([math.cos(turn), math.sin(turn)])
    known = looks("gradients", colours)
    ids = {each.id for each in picked}
    others = [
        Picked(cls.title, id, cls(), known[id])
        for id, cls in discover("clipviz.policies.gradients").items()
        if id not in ids
    ]
    st.caption(
        "The gradient of two weights in two layers, g₁ and g₂. Thin: as it comes. Thick: as it goes on. "
        f"Policies with a memory have seen {gradients.USUAL} gradients of the usual norm. Those not picked above stand "
        "at their defaults."
    )
    drawn(
        [_arrow(each, raw, chosen, colours) for each in (*picked, *others)],
        key="lab.arrows",
        least=190,
    )
    st.subheader("Length in, length out")
    st.caption("In this direction; both axes by factors of ten. On the dotted line nothing changes.")
    sizes = raw / chosen.length * (RANGE * chosen.usual)[:, None]
    curves = []
    for each in picked:
        after = gradients.answer(each.policy, sizes, chosen.usual, chosen.weight)
        out = np.where(after.skipped, np.nan, np.linalg.norm(after.after, axis=1))
        curves.append(Line(each.name, RANGE * chosen.usual, out, each.look))
    span = (float(RANGE[0] * chosen.usual), float(RANGE[-1] * chosen.usual))
    figure = lines(
        curves,
        Axis("norm in", "log", span),
        Axis("norm out", "log", (span[0] / 1.2, span[1] * 1.2)),
        colours,
        height=320,
        equal=True,
        legend=True,
    )
    alt = f"Norm out over norm in for {', '.join(each.name for each in picked)}"
    drawn([Drawing("Norm in against norm out", figure, alt)], key="lab.norms")
    return chosen


def _arrow(each: Picked, raw: NDArray[np.float64], chosen: GradientSettings, colours: Palette) -> Drawing:
    found = gradients.answer(each.policy, raw[None], chosen.usual, chosen.weight)
    length = float(np.linalg.norm(raw))
    after = found.after[0]
    left = float(np.linalg.norm(after))
    if found.skipped[0]:
        said, shown = "the step is skipped", []
    else:
        cosine = float(raw @ after / (length * left)) if left else 1.0
        turned = math.degrees(math.acos(min(1.0, cosine)))
        said = f"{length:.3g} → {left:.3g}" + (f", turned {turned:.0f}°" if turned > 0.5 else "")
        shown = [Arrow("after", after[0], after[1], each.look.colour, 4.5)]
    before = Arrow("before", raw[0], raw[1], colours.muted, 1.5)
    figure = arrows([before, *shown], 1.1 * length, colours, AXES)
    return Drawing(each.name, figure, f"{each.name}: {said}", said)


def stream(link: Link, picked: list[Picked], weight: float) -> None:
    """A stream of norms with spikes, and what each policy does to it. weight: where both weights stand."""
    names = ("steps", "noise", "spike", "every", "trend", "broken")
    chosen = GradientSettings(**lab_controls.settings(GradientSettings, link, names, across=6))
    flowing = Stream(**{name: getattr(chosen, name) for name in names})
    norms = np.linalg.norm(flowing.gradients(), axis=1)
    finite = norms[np.isfinite(norms)]
    span = (float(finite.min()) / 3, float(finite.max()) * 2)
    colours = palette(st.context.theme.type)
    drawings = []
    for each in picked:
        flow = gradients.flow(each.policy, flowing, weight)
        fired, skipped = int(flow.fired.sum()), int(flow.skipped.sum())
        said = f"clips {number(fired)} of {counted(chosen.steps, 'step')}, skips {number(skipped)}"
        figure = norm_stream(flow.before, flow.after, flow.limit, flow.skipped, each.look, colours, span)
        drawings.append(Drawing(each.name, figure, f"Stream of norms under {each.name}: {said}", said + "."))
    st.caption(
        "Thin: the norm as it comes. Colour: as it goes on. Dashed: the limit at that step. A cross: the step is left "
        "out."
    )
    drawn(drawings, key="lab.streams", least=420)


def accumulation(link: Link, picked: list[Picked], weight: float) -> None:
    """Clipping once after accumulation, against clipping each micro-batch. weight: where both weights stand."""
    chosen = GradientSettings(
        **lab_controls.settings(GradientSettings, link, ("batches", "spread"), across=4)
    )
    mean = np.array([3.0, 2.0])
    micro = gradients.disagreeing(mean, chosen.batches, chosen.spread)
    reach = 1.2 * float(np.linalg.norm(mean))
    colours = palette(st.context.theme.type)
    drawings = []
    for each in picked:
        once, apart = gradients.accumulated(each.policy, micro, weight=weight)
        shown = [
            *(
                Arrow(f"micro-batch {place + 1}", x, y, colours.faint, 1.2)
                for place, (x, y) in enumerate(micro)
            ),
            Arrow("their mean", mean[0], mean[1], colours.muted, 1.5),
            Arrow("clipped once", once[0], once[1], each.look.colour, 4.5),
            Arrow("each clipped", apart[0], apart[1], colours.ink, 2.5),
        ]
        said = f"once {np.linalg.norm(once):.3g}, each {np.linalg.norm(apart):.3g}"
        figure = arrows(shown, reach, colours, AXES, height=260)
        drawings.append(Drawing(each.name, figure, f"Accumulation under {each.name}: {said}", said + "."))
    st.caption(
        "Faint: the micro-batches; thin: their mean. **Colour: the mean, clipped once**, as training does it. "
        "**Ink: each micro-batch clipped before the mean**, which gives loud batches less say."
    )
    drawn(drawings, key="lab.accumulation", least=260)
