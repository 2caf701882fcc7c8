"""What a run's numbers mean, read on the host as they arrive: counts, spikes, divergence."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import TrainingFailed
from clipviz.core.spikes import Spikes

Say = Callable[[int, str, str], None]
"""Told of an event: step, kind, text."""

HOPELESS = 100
"""Steps in a row without a finite loss and gradient after which a run has diverged."""


@dataclass
class Journal:
    """Counts over all steps of a run, whatever the blocks they arrive in; part of a checkpoint.

    skipped: steps left out, left_out: those of them whose gradient was finite. mean_norm: running mean of the
    finite gradient norms, spikes counted at the limit of one. streak: steps in
    a row that were not finite.
    """

    fired: int = 0
    skipped: int = 0
    left_out: int = 0
    non_finite: int = 0
    spikes: int = 0
    seen: int = 0
    mean_norm: float = 0.0
    streak: int = 0
    streaks: int = 0
    bests: int = 0

    def read(
        self,
        steps: NDArray[np.int64],
        block: dict[str, NDArray[np.float32]],
        say: Say,
    ) -> None:
        """Reads steps (T,) and their series (T,); raises TrainingFailed when the run is beyond hope."""
        skipped = block["skipped"] > 0
        self.fired += int(np.sum(block["fired"] > 0))
        self.skipped += int(skipped.sum())
        left_out = skipped & np.isfinite(block["gradient_norm"])
        self.left_out += int(left_out.sum())
        lost = (skipped & ~left_out) | ~np.isfinite(block["loss"])
        events: list[tuple[int, str, str]] = []
        try:
            if lost.any() or self.streak:
                self._read_lost(steps, lost, block, lambda *event: events.append(event))
            self._read_norms(steps, block, lambda *event: events.append(event))
        finally:
            for event in sorted(events, key=itemgetter(0)):
                say(*event)

    def clipping(self, steps: int) -> str:
        """What the gradient clip did in so many steps, in words."""
        words = f"the gradient clip fired at {self.fired / max(1, steps):.1%} of the steps"
        return f"{words} and left {self.left_out} out" if self.left_out else words

    def _read_lost(
        self,
        steps: NDArray[np.int64],
        lost: NDArray[np.bool_],
        block: dict[str, NDArray[np.float32]],
        say: Say,
    ) -> None:
        for place, bad in enumerate(lost.tolist()):
            step = int(steps[place])
            if not bad:
                if self.streak > 1 and loud(self.streaks):
                    say(step, "info", f"step {step}: finite again after {self.streak} steps")
                self.streak = 0
                continue
            self.non_finite += 1
            self.streak += 1
            what = "gradient" if math.isfinite(block["loss"][place]) else "loss"
            if step == 1 and what == "loss":
                raise TrainingFailed(
                    "The loss must be finite at the first step",
                    f"{block['loss'][place]}",
                    "Clamp the inputs, look for huge values in the profile, or choose another target",
                )
            if self.streak == 1:
                self.streaks += 1
                if loud(self.streaks):
                    left_out = "; the step was left out" if block["skipped"][place] else ""
                    say(step, "nonfinite", f"step {step}: the {what} is not finite{left_out}")
            if self.streak >= HOPELESS:
                raise TrainingFailed(
                    f"Training diverged: no finite step since step {step - HOPELESS + 1}",
                    f"{HOPELESS} steps in a row with a loss or gradient that is not finite",
                    "Lower the learning rate, clip the gradient, or clamp the inputs",
                )

    def _read_norms(
        self,
        steps: NDArray[np.int64],
        block: dict[str, NDArray[np.float32]],
        say: Say,
    ) -> None:
        usual = Spikes(self.mean_norm, self.seen)
        for place, mean in usual.find(block["gradient_norm"].tolist()):
            self.spikes += 1
            if loud(self.spikes):
                step, norm = int(steps[place]), float(block["gradient_norm"][place])
                after = 0.0 if block["skipped"][place] else float(block["gradient_norm_clipped"][place])
                say(step, "spike", spike(step, norm, after, mean, self.spikes))
        self.mean_norm, self.seen = usual.mean, usual.seen


def spike(step: int, before: float, after: float, mean: float, number: int) -> str:
    """A spike in words; after: 0 where the step was left out."""
    change = f"{before:.3g} -> {after:.3g}" if after < before else f"{before:.3g}, not clipped"
    change = change if after > 0 else f"{before:.3g}, step left out"
    return f"step {step}: gradient norm {change} (usually {mean:.2g}), the {ordinal(number)} spike"


def ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def loud(number: int) -> bool:
    """Whether the n-th event of a kind is told: the first ten, then 20, 30 ... 100, 200 ... all are counted."""
    return number % int(f"1{'0' * (len(str(number)) - 1)}") == 0
