"""What may be wrong with single layers of a run; layers that share a trouble share a finding."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from clipviz.core.finding import LOOKS, Evidence, Finding, Numbers, Weight

DEAD = 0.5
"""From this share of dead units on a layer is worth a word."""
HELD = 0.95
"""From this share of held values on a threshold has collapsed."""
FAR = 3.0
"""A threshold this many times the 99.9th percentile of what flows in clips nothing any more."""


def dead(evidence: Evidence) -> Iterator[Finding]:
    """Layers many of whose units are zero on every row that was looked at."""
    shares = {layer: float(seen[-1]) for layer, seen in _each(evidence.evaluations, "dead") if len(seen)}
    bands: tuple[tuple[Weight, float, float], ...] = (("problem", HELD, np.inf), ("warning", DEAD, HELD))
    for weight, low, high in bands:
        found = {layer: share for layer, share in shares.items() if low <= share < high}
        if found:
            yield Finding(
                kind="dead",
                weight=weight,
                text=f"{named(found)}: {_span(found)} of {_own(found)} units are zero on every validation row "
                "looked at.",
                remedy="They learn nothing any more. Lower the learning rate, take a leaky ReLU, or start the weights "
                "otherwise.",
                where=named(found),
            )


def stuck(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds that no value sends a gradient."""
    found = [
        name
        for name, shares in _each(evidence.evaluations, "informed")
        if len(shares) >= LOOKS and not np.any(shares[-LOOKS:])
    ]
    if found:
        are, it = ("is", "it") if len(found) == 1 else ("are", "them")
        yield Finding(
            kind="stuck",
            weight="warning",
            text=f"{_thresholds(found)} {are} stuck: no value sends {it} a gradient.",
            remedy="Start it lower, at a percentile of the activations, or take a clip through which every value "
            "informs it, such as the learned tanh.",
            where=named(found),
        )


def collapsed(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds so low that they hold nearly every value."""
    found = {}
    for name, shares in _each(evidence.recent, "saturated"):
        held = float(np.nanmean(shares)) if np.isfinite(shares).any() else 0.0
        if held >= HELD and f"informed/{name}" in evidence.evaluations:
            found[name] = held
    if found:
        have, hold = ("has", "it holds") if len(found) == 1 else ("have", "they hold")
        yield Finding(
            kind="collapsed",
            weight="problem",
            text=f"{_thresholds(found)} {have} collapsed: {hold} {_span(found)} of the values that flow in.",
            remedy="Hardly anything gets through but a constant. Start it higher, lower its rate, or drop its "
            "penalty.",
            where=named(found),
        )


def runaway(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds that have moved far beyond everything that flows in."""
    found = {}
    for name, _ in _each(evidence.evaluations, "informed"):
        bound = _last(evidence.recent.get(f"threshold/{name}"))
        place = re.sub(r" \(\d+\)$", "", name)
        largest = _last(evidence.evaluations.get(f"activation/{place}/p999"))
        if bound is not None and largest is not None and bound > FAR * largest > 0:
            found[name] = (bound, largest)
    if found:
        (bound, largest), *more = found.values()
        stands = (
            f"they stand at more than {FAR:g} times what 99.9 % of the values reach."
            if more
            else f"it stands at {bound:.3g}, 99.9 % of the values below {largest:.3g}."
        )
        this, it = ("These layers are", "the thresholds") if more else ("This layer is", "the threshold")
        yield Finding(
            kind="runaway",
            weight="note",
            text=f"{_thresholds(found)} ran away: {stands}",
            remedy=f"{this} as good as not clipped. Give {it} a penalty, or start lower.",
            where=named(found),
        )


def named(layers: Sequence[str] | Mapping[str, object]) -> str:
    """Layers in words: "layer 2"; "layers 1, 2 and 4 to 20"; "layer 3, output"."""
    numbers = sorted(int(layer[6:]) for layer in layers if re.fullmatch(r"layer \d+", layer))
    runs = [
        [at for _, at in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    ]
    spans = [
        each
        for run in runs
        for each in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(at) for at in run])
    ]
    listed = " and ".join(filter(None, (", ".join(spans[:-1]), *spans[-1:])))
    counted = [f"layer{'s' if len(numbers) > 1 else ''} {listed}"] if numbers else []
    return ", ".join([*counted, *(layer for layer in layers if not re.fullmatch(r"layer \d+", layer))])


def _thresholds(layers: Sequence[str] | Mapping[str, object]) -> str:
    return f"The threshold{'' if len(layers) == 1 else 's'} of {named(layers)}"


def _own(layers: Mapping[str, float]) -> str:
    return "its" if len(layers) == 1 else "their"


def _span(shares: Mapping[str, float]) -> str:
    """The least and the greatest of shares, in percent."""
    low, high = f"{min(shares.values()):.0%}", f"{max(shares.values()):.0%}"
    return low if low == high else f"{low} to {high}"


def _each(series: Mapping[str, Numbers], quantity: str) -> Iterator[tuple[str, Numbers]]:
    """(layer, values) of every series `quantity/<layer>`."""
    for name, values in series.items():
        if name.startswith(f"{quantity}/"):
            yield name.removeprefix(f"{quantity}/"), values


def _last(values: Numbers | None) -> float | None:
    """The last finite value."""
    known = np.zeros(0) if values is None else values[np.isfinite(values)]
    return float(known[-1]) if len(known) else None
