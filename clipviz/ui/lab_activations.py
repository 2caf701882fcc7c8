"""The Lab's first tab: up to four activation policies side by side."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import streamlit as st

from clipviz.analysis.lab import curves
from clipviz.analysis.lab.curves import Curve
from clipviz.analysis.lab.settings import ActivationSettings
from clipviz.analysis.lab.values import histograms
from clipviz.charts.before_after import before_after
from clipviz.charts.lines import Line, lines
from clipviz.charts.palette import palette
from clipviz.charts.plain import Axis
from clipviz.charts.policy_looks import Look, looks
from clipviz.core.recipe import Choice
from clipviz.policies.activations.base import ActivationClip
from clipviz.ui import lab_controls
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.lab_values import Flowing
from clipviz.ui.link import Link
from clipviz.ui.text import number, share

SLOTS = {
    "p1": Choice(id="none"),
    "p2": Choice.of("learned_hard", start=2.0),
    "p3": Choice.of("learned_tanh", start=2.0),
    "p4": None,
}
POINTS = 241
FAR = np.concatenate([-np.geomspace(1e4, 1e-3, 40), np.geomspace(1e-3, 1e4, 40)])


@dataclass(frozen=True)
class Shown:
    """One policy of the tab: along the axis, on what flows in, and far out. name: unique among those shown."""

    name: str
    policy: ActivationClip
    look: Look
    along: Curve
    flowing: Curve
    far: Curve


def pick(link: Link) -> list[tuple[str, ActivationClip, Look]]:
    """Up to four policies, each with its sliders below its colour; name, policy, look."""
    known, found, seen = looks("activations", palette(st.context.theme.type)), [], Counter[str]()
    for place, (cell, (slot, default)) in enumerate(zip(st.columns(4), SLOTS.items(), strict=True)):
        with cell:
            mark = st.empty()
            lab_controls.swatch(mark, None)
            policy = lab_controls.pick("activations", link, slot, f"Policy {place + 1}", default)
            if not isinstance(policy, ActivationClip):
                continue
            id = lab_controls.id_of(policy)
            look = known[id].again(seen[id])
            lab_controls.swatch(mark, look)
            seen[id] += 1
            found.append((policy.title + (f" ({seen[id]})" if seen[id] > 1 else ""), policy, look))
    return found


def follow(
    picked: list[tuple[str, ActivationClip, Look]], flowing: Flowing, chosen: ActivationSettings
) -> list[Shown]:
    axis = np.linspace(-chosen.reach, chosen.reach, POINTS)
    return [
        Shown(
            name,
            policy,
            look,
            curves.curve(policy, axis, flowing.values),
            curves.curve(policy, flowing.values, flowing.values),
            curves.curve(policy, FAR, flowing.values),
        )
        for name, policy, look in picked
    ]


def draw(shown: list[Shown], chosen: ActivationSettings) -> None:
    """Value and gradients over one axis, then what comes out of each policy."""
    colours = palette(st.context.theme.type)
    span = (-chosen.reach, chosen.reach)
    x = Axis("x, what flows in", span=span)
    height = max((float(np.abs(each.along.y).max()) for each in shown), default=1.0)
    top = 1.08 * min(max(height, 1e-3), chosen.reach)

    def over(title: str, y: Axis, drawn: list[Line]) -> Drawing:
        figure = lines(drawn, x, y, colours, height=280, equal=y.title.startswith("y"))
        return Drawing(title, figure, f"{title} of {', '.join(line.name for line in drawn) or 'no policy'}")

    drawn(
        [
            over(
                "Value y",
                Axis("y", span=(-top, top)),
                [Line(each.name, each.along.x, each.along.y, each.look) for each in shown],
            ),
            over(
                "Gradient on x",
                Axis("∂y/∂x"),
                [Line(each.name, each.along.x, each.along.slope, each.look) for each in shown],
            ),
            over("Gradient on θ", Axis("∂y/∂θ"), _thresholds(shown)),
        ],
        key="lab.curves",
        least=300,
    )
    drawn(
        [
            Drawing(
                each.name,
                before_after(
                    *histograms(each.flowing.x, each.flowing.y, *span),
                    each.look,
                    colours,
                    "value, in and out",
                ),
                f"Distribution before and after {each.name}",
                told(each),
            )
            for each in shown
        ],
        key="lab.distributions",
        least=260,
    )


def told(shown: Shown) -> str:
    """Dead and saturated share, and where the thresholds stand and from how much they learn."""
    flowing = shown.flowing
    parts = [
        f"dead {share(flowing.dead, 1)}, saturated {share(flowing.saturated, 1)}",
        *(f"{_greek(name)} = {number(value, 3)}" for name, value in flowing.values.items()),
        *(
            f"{_greek(name)} learns from {share(float(np.mean(gradient != 0)), 1)} of the values"
            for name, gradient in flowing.thresholds.items()
        ),
    ]
    return "; ".join(parts) + "."


def findings(shown: list[Shown]) -> list[str]:
    """What a learner must not overlook in these curves, one sentence each."""
    said = []
    for each in shown:
        along = each.along
        for name in along.thresholds:
            if not each.far.thresholds[name].any():
                said.append(
                    f"**{each.name}**: no gradient reaches {_greek(name)}: it is a parameter that never learns."
                )
            elif not each.flowing.thresholds[name].any() and name not in each.policy.thresholds:
                said.append(
                    f"**{each.name}**: none of these values tells {_greek(name)} anything, so it does not move."
                )
            elif not each.flowing.thresholds[name].any():
                said.append(
                    f"**{each.name}**: none of these values is beyond {_greek(name)}, so it does not move. "
                    "It waits for a value that saturates."
                )
        if _is_relu(each):
            said.append(f"**{each.name}** is exactly ReLU here: nothing is bounded from above.")
        if each.flowing.saturated > 0.5:
            said.append(f"**{each.name}** saturates most values: little gradient passes.")
        if each.flowing.dead > 0.5:
            said.append(f"**{each.name}** silences most values: they get no gradient at all.")
    return said


def _is_relu(shown: Shown) -> bool:
    """Whether something that has a threshold is ReLU all the same."""
    far = shown.far
    return bool(far.values) and np.allclose(far.y, np.maximum(far.x, 0), rtol=1e-6, atol=1e-6)


def _thresholds(shown: list[Shown]) -> list[Line]:
    drawn = []
    for each in shown:
        for place, (name, gradient) in enumerate(each.along.thresholds.items()):
            label = each.name if name == "theta" else f"{each.name}: {_greek(name)}"
            drawn.append(Line(label, each.along.x, gradient, each.look.again(place)))
    return drawn


def _greek(name: str) -> str:
    return {"theta": "θ", "alpha": "α", "beta": "β"}.get(name, name.replace("_", " "))
