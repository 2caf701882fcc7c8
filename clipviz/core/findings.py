"""What may be wrong with a run, each finding a small function from its numbers to words with a remedy."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from clipviz.core.ledger import Ledger

Kind = Literal[
    "dead", "stuck", "collapsed", "runaway", "always clips", "never clips", "spike", "non-finite", "over-fitting",
    "untrained", "diverged",
]  # fmt: skip
Weight = Literal["problem", "warning", "note"]
Numbers = NDArray[np.float32]

DEAD = 0.5
"""From this share of dead units on a layer is worth a word."""
HELD = 0.95
"""From this share of held values on a threshold has collapsed."""
FAR = 3.0
"""A threshold this many times the 99.9th percentile of what flows in clips nothing any more."""
LOOKS = 3
"""Evaluations in a row over which something must hold."""
WORSE = 1.05
"""A validation loss this many times its best, while the training loss falls, is over-fitting."""
HOPELESS = 3.0
"""A training loss this many times the first one has diverged."""
LEARNED = 0.9
"""A training loss below this share of the first one has fallen."""


class Finding(BaseModel):
    """What is the matter, and what to do about it. where: the layer, "" for the run."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    weight: Weight
    text: str
    remedy: str
    where: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known of a run. evaluations: series by name, (E,) each; at: (E,) their steps. recent: series by name of
    the last steps, (T,) each.
    """

    ledger: Ledger
    evaluations: Mapping[str, Numbers] = field(default_factory=dict)
    at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    recent: Mapping[str, Numbers] = field(default_factory=dict)


def dead(evidence: Evidence) -> Iterator[Finding]:
    """Layers many of whose units are zero on every row that was looked at."""
    for layer, shares in _each(evidence.evaluations, "dead"):
        if len(shares) and shares[-1] >= DEAD:
            yield Finding(
                kind="dead",
                weight="problem" if shares[-1] >= HELD else "warning",
                text=f"{layer}: {shares[-1]:.0%} of its units are zero on every validation row looked at.",
                remedy="They learn nothing any more. Lower the learning rate, take a leaky ReLU, or start the weights "
                "otherwise.",
                where=layer,
            )


def stuck(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds that no value sends a gradient."""
    for name, shares in _each(evidence.evaluations, "informed"):
        if len(shares) >= LOOKS and not np.any(shares[-LOOKS:]):
            yield Finding(
                kind="stuck",
                weight="warning",
                text=f"The threshold of {name} is stuck: no value sends it a gradient.",
                remedy="Start it lower, at a percentile of the activations, or take a clip through which every value "
                "informs it, such as the learned tanh.",
                where=name,
            )


def collapsed(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds so low that they hold nearly every value."""
    for name, shares in _each(evidence.recent, "saturated"):
        held = float(np.nanmean(shares)) if np.isfinite(shares).any() else 0.0
        if held >= HELD and f"informed/{name}" in evidence.evaluations:
            yield Finding(
                kind="collapsed",
                weight="problem",
                text=f"The threshold of {name} has collapsed: it holds {held:.0%} of the values that flow in.",
                remedy="Hardly anything gets through but a constant. Start it higher, lower its rate, or drop its "
                "penalty.",
                where=name,
            )


def runaway(evidence: Evidence) -> Iterator[Finding]:
    """Thresholds that have moved far beyond everything that flows in."""
    for name, _ in _each(evidence.evaluations, "informed"):
        bound = _last(evidence.recent.get(f"threshold/{name}"))
        place = re.sub(r" \(\d+\)$", "", name)
        largest = _last(evidence.evaluations.get(f"activation/{place}/p999"))
        if bound is not None and largest is not None and bound > FAR * largest > 0:
            yield Finding(
                kind="runaway",
                weight="note",
                text=f"The threshold of {name} ran away: it stands at {bound:.3g}, 99.9 % of the values below "
                f"{largest:.3g}.",
                remedy="This layer is as good as not clipped. Give the threshold a penalty, or start it lower.",
                where=name,
            )


def clipping(evidence: Evidence) -> Iterator[Finding]:
    """A gradient clip that fires at every step, or never."""
    ledger = evidence.ledger
    if ledger.kind == "limiter":
        yield Finding(
            kind="always clips",
            weight="warning",
            text=ledger.words,
            remedy="Raise the limit to the 90th percentile of the norm or so, or tune the learning rate instead.",
        )
    if ledger.kind == "idle" and not ledger.left_out:
        yield Finding(
            kind="never clips",
            weight="note",
            text=ledger.words,
            remedy="Lower the limit, or leave the clip out.",
        )


def spike(evidence: Evidence) -> Iterator[Finding]:
    """Gradients that stand out, where nothing held them back."""
    ledger, whole = evidence.ledger, evidence.ledger.entries[0]
    if (
        ledger.spikes
        and not ledger.fired
        and not ledger.left_out
        and whole.before.largest
        and whole.before.p99
    ):
        times = "once" if ledger.spikes == 1 else f"{ledger.spikes:,} times"
        yield Finding(
            kind="spike",
            weight="warning",
            text=f"The gradient norm jumped to more than six times its usual size {times}; the largest was "
            f"{whole.before.largest:.3g}, half of them are below {whole.before.p50:.3g}.",
            remedy=f"A gradient clip at {whole.before.p99:.2g}, the 99th percentile, would shorten these steps only.",
        )


def non_finite(evidence: Evidence) -> Iterator[Finding]:
    """Steps without a finite loss and gradient."""
    lost = evidence.ledger.non_finite
    if lost:
        yield Finding(
            kind="non-finite",
            weight="problem" if lost > 0.01 * evidence.ledger.steps else "warning",
            text=f"At {lost:,} of {evidence.ledger.steps:,} steps the loss or the gradient was not finite.",
            remedy="Clamp the inputs, lower the learning rate, or clip the gradient.",
        )


def over_fitting(evidence: Evidence) -> Iterator[Finding]:
    """A validation loss that rises while the training loss falls."""
    train, validation = (evidence.evaluations.get(f"{part}_loss") for part in ("train", "validation"))
    if train is None or validation is None or not np.isfinite(validation).any():
        return
    best = int(np.nanargmin(np.where(np.isfinite(validation), validation, np.nan)))
    since = len(validation) - 1 - best
    if best == 0:
        return  # `untrained` says it
    if since >= LOOKS and validation[-1] > WORSE * validation[best] and train[-1] < train[best]:
        yield Finding(
            kind="over-fitting",
            weight="warning",
            text=f"Over-fitting since step {int(evidence.at[best]):,}: the validation loss rose from "
            f"{validation[best]:.3g} to {validation[-1]:.3g}, the training loss fell on.",
            remedy="The weights of that step are kept. More rows, dropout, weight decay or a smaller network would "
            "push it further back.",
        )


def untrained(evidence: Evidence) -> Iterator[Finding]:
    """A training loss that falls while no validation loss is below the first one: the untrained network is kept."""
    train, validation = (evidence.evaluations.get(f"{part}_loss") for part in ("train", "validation"))
    if train is None or validation is None or len(validation) <= LOOKS or not np.isfinite(validation).any():
        return
    best = int(np.nanargmin(np.where(np.isfinite(validation), validation, np.nan)))
    if best == 0 and train[-1] < LEARNED * train[0]:
        yield Finding(
            kind="untrained",
            weight="problem",
            text="No evaluation was better on the validation rows than the untrained network, so that one is kept, "
            f"though the training loss fell from {train[0]:.3g} to {train[-1]:.3g}.",
            remedy="Where a few targets lie far out, they rule a squared loss: take the Huber loss. Otherwise lower "
            "the learning rate, or look for what tells validation rows from training rows.",
        )


def diverged(evidence: Evidence) -> Iterator[Finding]:
    """A loss that left for good."""
    losses = evidence.evaluations.get("train_loss")
    if losses is None or len(losses) < 2 or not np.isfinite(losses[0]):
        return
    if not np.isfinite(losses[-1]) or losses[-1] > HOPELESS * losses[0] > 0:
        yield Finding(
            kind="diverged",
            weight="problem",
            text=f"Diverged: the training loss went from {losses[0]:.3g} to {losses[-1]:.3g}.",
            remedy="Lower the learning rate to a tenth, clip the gradient, or clamp the inputs.",
        )


ALL: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    diverged, untrained, non_finite, collapsed, dead, stuck, over_fitting, spike, clipping, runaway,
)  # fmt: skip


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Everything that is the matter with a run, the worst first."""
    order = ("problem", "warning", "note")
    found = [finding for look in ALL for finding in look(evidence)]
    return tuple(sorted(found, key=lambda finding: order.index(finding.weight)))


def _each(series: Mapping[str, Numbers], quantity: str) -> Iterator[tuple[str, Numbers]]:
    """(layer, values) of every series `quantity/<layer>`."""
    for name, values in series.items():
        if name.startswith(f"{quantity}/"):
            yield name.removeprefix(f"{quantity}/"), values


def _last(values: Numbers | None) -> float | None:
    """The last finite value."""
    known = np.zeros(0) if values is None else values[np.isfinite(values)]
    return float(known[-1]) if len(known) else None
