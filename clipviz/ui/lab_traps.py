"""Three traps of learned thresholds, shown at a theta that one moves."""

import numpy as np
import streamlit as st

from clipviz.analysis.lab import traps
from clipviz.analysis.lab.settings import TrapSettings
from clipviz.charts.lines import Line, lines
from clipviz.charts.palette import palette
from clipviz.charts.plain import Axis
from clipviz.charts.policy_looks import Look
from clipviz.ui import lab_controls
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.link import Link

X = np.linspace(-4, 4, 201)


def show(link: Link) -> None:
    theta = lab_controls.settings(TrapSettings, link, ("trap",), across=2)["trap"]
    colours = palette(st.context.theme.type)
    bad, good = Look(colours.warning, "solid"), Look(colours.muted, "dash")
    x, span = Axis("x", span=(-4, 4)), (-4.2, 4.2)
    stuck, gate = traps.follow(traps.stuck_gate, theta, X), traps.follow(traps.learned_gate, theta, X)
    soft = traps.follow(traps.softplus_form, theta, X) if theta else None
    bare, guarded = traps.follow(traps.unguarded, theta, X), traps.follow(traps.guarded, theta, X)
    drawn(
        [
            Drawing(
                "A gate that never learns",
                lines(
                    [Line("meant: x·σ(β(θ − |x|))", X, gate.threshold, good), Line("gate", X, stuck.threshold, bad)],
                    x, Axis("∂y/∂θ"), colours, height=250, legend=True,
                ),
                "Gradient on theta of a gate by comparison, and of a gate by a factor",
                "where(σ(θm) > ½, x, −10⁹m): the comparison has no gradient, so θ stays where it starts. "
                + ("It is open." if theta > 0 else "It turns every positive x into −1,000,000,000."),
            ),
            Drawing(
                "A soft clip that is exactly ReLU",
                lines(
                    [
                        *([Line("“soft clip”", X, soft.y, bad)] if soft else []),
                        Line("ReLU", X, np.maximum(X, 0), good),
                    ],
                    x, Axis("y", span=span), colours, height=250, legend=True,
                ),
                "The softplus form lies on ReLU",
                _soft(theta),
            ),
            Drawing(
                "A threshold that turned negative",
                lines(
                    [Line("meant: ±softplus(θ)", X, guarded.y, good), Line("clamp(x, −θ, θ)", X, bare.y, bad)],
                    x, Axis("y", span=span), colours, height=250, legend=True,
                ),
                f"Clamp with theta {theta:g}",
                f"Every value becomes {theta:g}: no x gets a gradient, and nothing brings the layer back."
                if theta < 0
                else "All is well while θ > 0. Move θ below 0: one step of the optimiser can do that.",
            ),
        ],
        key="lab.traps",
        least=300,
    )  # fmt: skip


def _soft(theta: float) -> str:
    if theta == 0:
        return "θ = 0 divides by zero."
    if theta < 0:
        return "θ·sp(x/θ) − θ·log(1 + e^−|x/θ|) is min(x, 0) below θ = 0. Nothing is bounded either."
    return (
        "θ·sp(x/θ) − θ·log(1 + e^−|x/θ|): the logarithms cancel. Nothing is bounded, and θ changes nothing."
    )
