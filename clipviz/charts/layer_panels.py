"""The panels of a live chart that show the layers of a network: a line a layer, or a panel a layer."""

from collections.abc import Sequence
from itertools import chain

from clipviz.charts.measured import Has, Names
from clipviz.charts.panel import DEPTHS, Dash, Kind, Panel, Series
from clipviz.core.run import Stream

MANY = 8
"""More layers than that are told apart by their depth, not by a colour and a dash of their own."""
DASHES: tuple[Dash, ...] = ("solid", "dash", "dot", "dashdot", "longdash")
PERCENTILES: tuple[tuple[str, str, Dash], ...] = (
    ("p50", "median", "dot"),
    ("p90", "90 %", "dash"),
    ("p99", "99 %", "dashdot"),
    ("p999", "99.9 %", "longdash"),
)


def clipped(names: Names) -> list[str]:
    """The layers that have a threshold, or into which it is measured what flows, in the order of the network."""
    has = Has(names)
    return list(dict.fromkeys((*has.layers("evaluation", "activation"), *has.layers("step", "threshold"))))


def some(layers: Sequence[str]) -> list[str]:
    """All layers where they are few; else four of them, from the first to the last."""
    if len(layers) <= MANY:
        return list(layers)
    return [layers[round(at * (len(layers) - 1) / 3)] for at in range(4)]


def thresholds(has: Has, layers: Sequence[str] | None) -> list[Panel]:
    """A panel for each of some layers (None: all): its threshold, where it has one, against what flows into it; before
    them one with all thresholds where there are many."""
    every = clipped(has.names)
    panels = []
    if len(every) > MANY:
        panels = [
            of_each(has, "step", "threshold", "Thresholds of all layers", "threshold", "Every step.", "line")
        ]
    for layer in every if layers is None else [each for each in every if each in layers]:
        bounds = _bounds(has, layer)
        flows = (
            has.series("evaluation", f"activation/{layer}/{code}", label, code, dash=dash, width=1.6)
            for code, label, dash in PERCENTILES
        )
        title = f"Threshold and activations, {layer}" if bounds else f"Activations, {layer}"
        note = "Percentiles of |activation| before the clip, on the same validation rows each time."
        signed = any(series.label in ("lo", "hi") for series in bounds)
        panels.append(Panel(title, "|activation|", (*bounds, *chain.from_iterable(flows)), not signed, note))
    return panels


def _bounds(has: Has, layer: str) -> tuple[Series, ...]:
    """The threshold of a layer; with one per channel their median and the band of all; or its two bounds."""
    own = f"threshold/{layer}"
    drawn: list[Series] = []
    for name, label in ((own, "threshold"), (f"{own}/lo", "lo"), (f"{own}/hi", "hi")):
        many = f"{name}/min" in has.of("step")
        if many:
            upper = f"{name}/max"
            drawn += has.series("step", f"{name}/min", "all channels", "threshold", kind="band", upper=upper)
        drawn += has.series("step", name, f"median {label}" if many else label, "threshold", width=2.4)
    return tuple(drawn)


def of_each(
    has: Has, stream: Stream, quantity: str, title: str, y_title: str, note: str, kind: Kind = "share"
) -> Panel:
    """One line a layer; where they are many, colours run from the first to the last, and the legend names some."""
    layers = has.layers(stream, quantity)
    if len(layers) > MANY:
        return Panel(title, y_title, _by_depth(has, stream, quantity, layers, kind), kind == "line", note)
    dense = stream == "step"  # dashes would run together
    drawn = chain.from_iterable(
        has.series(
            stream,
            f"{quantity}/{layer}",
            layer,
            str(at % 8 + 1),
            dash="solid" if dense else DASHES[at % len(DASHES)],
            kind=kind,
            width=1.2 if dense else 1.8,
        )
        for at, layer in enumerate(layers)
    )
    return Panel(title, y_title, tuple(drawn), log=kind == "line", help=note)


def _by_depth(
    has: Has, stream: Stream, quantity: str, layers: Sequence[str], kind: Kind
) -> tuple[Series, ...]:
    last, said = len(layers) - 1, some(layers)
    return tuple(
        chain.from_iterable(
            has.series(
                stream,
                f"{quantity}/{layer}",
                layer,
                f"depth {round(at * (DEPTHS - 1) / last)}",
                kind=kind,
                width=1.2 if stream == "step" else 1.6,
                legend=layer in said,
            )
            for at, layer in enumerate(layers)
        )
    )
