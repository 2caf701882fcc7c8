"""What may be wrong with a run, each finding a small function from its numbers to words with a remedy."""

from collections.abc import Callable, Iterator

import numpy as np

from clipviz.core.finding import LOOKS, Evidence, Finding
from clipviz.core.layer_findings import collapsed, dead, runaway, stuck

WORSE = 1.05
"""A validation loss this many times its best, while the training loss falls, is over-fitting."""
HOPELESS = 3.0
"""A training loss this many times the first one has diverged."""
LEARNED = 0.9
"""A training loss below this share of the first one has fallen."""


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
        far = (
            "Where a few targets lie far out, they rule a squared loss: take the Huber loss. Otherwise lower "
        )
        lower = "Lower " if "validation/accuracy" in evidence.evaluations else far
        yield Finding(
            kind="untrained",
            weight="problem",
            text="No evaluation was better on the validation rows than the untrained network, so that one is kept, "
            f"though the training loss fell from {train[0]:.3g} to {train[-1]:.3g}.",
            remedy=f"{lower}the learning rate, or look for what tells validation rows from training rows.",
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
