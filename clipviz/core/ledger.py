"""The clip ledger: what the gradient clip did over a whole run, in numbers and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.spikes import Spikes
from clipviz.core.tally import Tally

Kind = Literal["none", "idle", "safety net", "in between", "limiter"]
WHOLE = "all layers"
RARE, ALWAYS = 0.25, 0.9
"""Up to this share of steps a clip is a safety net; from that share on it limits every step."""
SHORTER = 1 - 1e-5
"""A norm below this multiple of its own, in float32, was shortened."""
NEEDED = frozenset({"loss", "gradient_norm", "gradient_norm_clipped", "fired", "skipped"})
"""The series without which there is no ledger."""
Block = Mapping[str, NDArray[np.float32]]
"""Series of consecutive steps by name, (T,) each."""


@dataclass(frozen=True)
class Rule:
    """What must be known of a recipe to judge its clip.

    clips: whether it has one. turns: whether that can turn the gradient. cancels: whether the optimiser divides a
    constant factor on the gradient out again, as Adam does.
    """

    clips: bool = True
    turns: bool = False
    cancels: bool = False


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Norms(_Frozen):
    """Percentiles over steps; None where nothing was measured."""

    p50: float | None
    p90: float | None
    p99: float | None
    largest: float | None


class Entry(_Frozen):
    """One layer, or the whole gradient. after: over the steps that were taken."""

    layer: str
    before: Norms
    after: Norms
    clipped_share: float | None = Field(description="Share of steps at which it was shortened.")


class Ledger(_Frozen):
    """entries: the whole gradient first, then each layer."""

    steps: int
    fired: int
    skipped: int = Field(description="Steps left out.")
    left_out: int = Field(description="Those of them whose gradient was finite: left out by the clip.")
    non_finite: int = Field(description="Steps whose gradient or loss was not finite.")
    spikes: int
    coefficient: tuple[float, float] | None = Field(
        description="Norm after / before: the range of the middle 80 % of the steps at which the clip fired."
    )
    entries: tuple[Entry, ...]
    kind: Kind
    words: str

    @property
    def share(self) -> float:
        """Share of steps whose gradient was clipped."""
        return self.fired / max(1, self.steps)


class Book:
    """Reads the steps of a run in order, block by block, and closes as its ledger."""

    def __init__(self, names: Sequence[str]) -> None:
        self.steps = self.fired = self.skipped = self.left_out = self.non_finite = self.spikes = 0
        layers = [name.removeprefix("norm/") for name in names if name.startswith("norm/")]
        self._before = {layer: Tally() for layer in (WHOLE, *layers)}
        self._after = {layer: Tally() for layer in self._before}
        self._shortened = dict.fromkeys(self._before, 0)
        self._coefficient = Tally()
        self._usual = Spikes()

    def read(self, block: Block) -> None:
        """Takes in consecutive steps: at least the NEEDED."""
        norm, skipped, fired = block["gradient_norm"], block["skipped"] > 0, block["fired"] > 0
        finite = np.isfinite(norm)
        self.steps += len(norm)
        self.fired += int(fired.sum())
        self.skipped += int(skipped.sum())
        self.left_out += int((skipped & finite).sum())
        self.non_finite += int((~finite | ~np.isfinite(block["loss"])).sum())
        self.spikes += len(self._usual.find(norm.tolist()))
        coefficient = block.get("coefficient", np.ones_like(norm))
        self._coefficient.add(coefficient[fired])
        self._enter(WHOLE, norm, block["gradient_norm_clipped"], ~skipped)
        for layer in self._before:
            if layer != WHOLE:
                before = block[f"norm/{layer}"]
                after = block.get(f"norm_clipped/{layer}", before * coefficient)
                self._enter(layer, before, after, ~skipped)

    def close(self, rule: Rule) -> Ledger:
        """The ledger of all steps so far."""
        low, high = self._coefficient.percentile(0.1), self._coefficient.percentile(0.9)
        facts = {
            "steps": self.steps,
            "fired": self.fired,
            "skipped": self.skipped,
            "left_out": self.left_out,
            "non_finite": self.non_finite,
            "spikes": self.spikes,
            "coefficient": None if low is None or high is None else (low, high),
            "entries": tuple(self._entry(layer) for layer in self._before),
        }
        kind = kind_of(self.fired / max(1, self.steps), rule)
        ledger = Ledger.model_validate({**facts, "kind": kind, "words": ""})
        return ledger.model_copy(update={"words": verdict(ledger, rule)})

    def _enter(
        self,
        layer: str,
        before: NDArray[np.float32],
        after: NDArray[np.float32],
        taken: NDArray[np.bool_],
    ) -> None:
        self._before[layer].add(before)
        self._after[layer].add(after[taken])
        self._shortened[layer] += int((after[taken] < SHORTER * before[taken]).sum())

    def _entry(self, layer: str) -> Entry:
        share = self._shortened[layer] / self.steps if self.steps else None
        return Entry(
            layer=layer,
            before=_norms(self._before[layer]),
            after=_norms(self._after[layer]),
            clipped_share=share,
        )


def kind_of(share: float, rule: Rule) -> Kind:
    """What a clip that fired at this share of the steps is."""
    if not rule.clips:
        return "none"
    if share == 0:
        return "idle"
    return "safety net" if share <= RARE else "limiter" if share >= ALWAYS else "in between"


def verdict(ledger: Ledger, rule: Rule) -> str:
    """What the clip was in this run, in a sentence or two."""
    usual = ledger.entries[0].before
    if ledger.kind == "none":
        words = "No gradient clip was used."
    elif ledger.kind == "idle" and ledger.left_out:
        share = ledger.left_out / max(1, ledger.steps)
        words = f"The gradient clip left out {_counted(ledger.left_out)} whose gradient stood out, {share:.1%} of all"
        words += "; the others it did not touch."
    elif ledger.kind == "idle":
        words = "Idle: the gradient clip never fired, so this run equals one without it."
        if usual.largest:
            words += f" A limit below {usual.largest:.3g}, the largest norm it met, would act."
    elif ledger.kind == "safety net":
        words = f"A safety net: the gradient clip fired at {ledger.share:.1%} of the steps, where the norm stood out"
        words += f" (usually {usual.p50:.3g}, at most {usual.largest:.3g})."
    elif ledger.kind == "in between":
        words = f"Between a safety net and a limiter: the gradient clip fired at {ledger.share:.0%} of the steps, "
        words += f"more than spikes. {_acts(ledger, rule)}"
    else:
        words = f"A step-size limiter: the gradient clip fired at {ledger.share:.0%} of the steps. "
        words += _acts(ledger, rule)
    lost = ledger.skipped - ledger.left_out
    if lost:
        verb = "was" if lost == 1 else "were"
        words += f" {_counted(lost)} {verb} skipped because of a gradient that was not finite."
    return words


def _acts(ledger: Ledger, rule: Rule) -> str:
    """What firing so often does, by what the clip and the optimiser are."""
    low, high = ledger.coefficient or (1.0, 1.0)
    if rule.turns:
        return (
            "It can turn the gradient: the run followed the clip's direction more than the loss's. "
            "See the cosine before crediting it."
        )
    if rule.cancels:
        return (
            "The optimiser divides a constant factor out again; only what varies in time acts, here factors "
            f"from {low:.2g} to {high:.2g}. Compare with a run without the clip before crediting it."
        )
    what = (
        "It is a learning rate by another name"
        if ledger.kind == "limiter"
        else "There it is a lower learning rate"
    )
    return (
        f"{what}, here {low:.2g} to {high:.2g} of the one that was set. "
        "Compare with a lower learning rate before crediting it."
    )


def _norms(tally: Tally) -> Norms:
    p50, p90, p99 = (tally.percentile(share) for share in (0.5, 0.9, 0.99))
    return Norms(p50=p50, p90=p90, p99=p99, largest=tally.largest if tally.count else None)


def _counted(steps: int) -> str:
    return f"{steps:,} {'step' if steps == 1 else 'steps'}"
