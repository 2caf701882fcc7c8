"""One training step, and every number it says."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from clipviz.core.regime import Training
from clipviz.policies.gradients.base import Clipped, Clipper, euclid, not_finite
from clipviz.training.backward import Backward
from clipviz.training.flat import Flat
from clipviz.training.gauges import Gauges
from clipviz.training.noise import Noise
from clipviz.training.optimisers.base import Optimiser
from clipviz.training.rates import Rates
from clipviz.training.rows import Rows
from clipviz.training.sharpness import Sharpness
from clipviz.training.stream import Streamed

SCALARS = (
    "loss",
    "gradient_norm",
    "gradient_norm_clipped",
    "gradient_limit",
    "coefficient",
    "fired",
    "skipped",
    "learning_rate",
)

TURNED = ("cosine", "norm_clipped/")
"""Series of clips that can turn a gradient."""


class Step:
    """Change the rows, forward, backward, clip, move; the numbers land in `row` (K, S) float64, all at every step.

    Nothing here speaks to the host or branches on data. `series` names the columns of `row`: the loss of the
    batch before the step, norms of the gradient before and
    after the clip, the length from which on it was clipped, whether it was (0 for a step that was left out),
    the learning rate of this step, the cosine between before and after where the clip can turn the gradient, the norm
    of each layer's gradient (thresholds left out) before the clip, and after it where it can turn the gradient
    (elsewhere it is the coefficient times that before), the thresholds that this batch went through (those
    before the step), and the share of the values that they hold. All norms are Euclid's; penalties are minimised with
    the loss, but not counted in it. Where the clip scales the step instead of the gradient, learning_rate is
    that times its coefficient, and the norm after is that of the gradient which would have been as short.
    """

    def __init__(
        self,
        body: Any,
        flat: Flat,
        backward: Backward,
        clipper: Clipper,
        optimiser: Optimiser,
        rates: Rates,
        training: Training,
        changes: Sequence[Callable[[Tensor], Tensor]] = (),
    ) -> None:
        """changes: what is done to the inputs (B, D) of a batch, one after the other."""
        self._flat, self._clipper, self._optimiser, self._rate = flat, clipper, optimiser, rates.now
        self.backward, self._changes, self._l1 = backward, changes, training.l1
        self._gradient = Sharpness(backward, flat, training.sharpness) if training.sharpness else backward
        self._noise = Noise(flat, training.gradient_noise) if training.gradient_noise else None
        self._scratch = torch.empty_like(flat.gradient) if training.clip_scales == "step" else None
        self._gauges = Gauges(body, flat)
        self.series = (
            *SCALARS,
            *(["cosine"] if clipper.turns else []),
            *(f"norm/{layer}" for layer in flat.layers),
            *(f"norm_clipped/{layer}" for layer in flat.layers if clipper.turns),
            *self._gauges.series,
        )
        self.row = torch.full(
            (flat.replicas, len(self.series)), float("nan"), dtype=torch.float64, device=flat.weights.device
        )
        self._slots = {name: self.row[:, place] for place, name in enumerate(self.series)}
        self._slots["gradient_limit"].copy_(clipper.limit)
        rates.tell(self._slots["learning_rate"])
        self._norms = self._norm_slots("norm")
        self._layer_norms = self._neighbours(len(self._norms)) if flat.replicas > 1 else None
        self._norms_clipped = self._norm_slots("norm_clipped") if clipper.turns else []
        self._gauges.attach(self.row[:, len(self.series) - len(self._gauges.series) :])

    def __call__(self, rows: Rows | Streamed, places: Tensor) -> None:
        """One step on the batch of `rows` at `places` (B,) int64 on the device."""
        self.learn(*rows.batch(places))

    def learn(self, inputs: Tensor, goal: Tensor) -> None:
        """One step on a batch: inputs (B, D), goal (B, 1) or (B,)."""
        for change in self._changes:
            inputs = change(inputs)
        loss, taps = self._gradient(inputs, goal)
        with torch.no_grad():
            if self._l1:
                weights, gradient = (
                    held[:, : self._flat.split] for held in (self._flat.weights, self._flat.gradient)
                )
                gradient.add_(weights.sign(), alpha=self._l1)
            self._say_state(loss, taps)
            clipped = self._move()
            self._flat.gradient.zero_()
            self._say_move(clipped)

    @property
    def lasting(self) -> tuple[str, ...]:
        """The series that are there whatever the gradient clip."""
        return tuple(name for name in self.series if not name.startswith(TURNED))

    def state(self) -> dict[str, Tensor]:
        """What a step remembers beside the optimiser and the clip, live, for a checkpoint."""
        scale = {} if self.backward.scale is None else self.backward.scale.state()
        noise = {} if self._noise is None else self._noise.state()
        return scale | {f"noise.{name}": tensor for name, tensor in noise.items()}

    def _move(self) -> Clipped:
        """The gradient through the clip into the optimiser, or the clip's coefficient on the optimiser's step."""
        gradient, rate = self._flat.gradient, self._rate
        clipped = self._clipper(
            gradient if self._scratch is None else self._scratch.copy_(gradient), self._whole_norm()
        )
        for part, slot in self._norms_clipped:
            torch.linalg.vector_norm(part, dim=1, dtype=torch.float64, out=slot)
        if self._scratch is not None:
            rate = (clipped.coefficient * rate).to(torch.float32)
            self._slots["learning_rate"].copy_(rate)
        if self._noise is not None:
            self._noise.add(gradient)
        self._optimiser.step(clipped.skipped, rate)
        if self.backward.scale is not None:
            self.backward.scale.learn(not_finite(clipped.before))
        return clipped

    def _neighbours(self, layers: int) -> Tensor:
        """The norms of all layers, (K, L): neighbours in the row."""
        first = self.series.index("norm/" + next(iter(self._flat.layers)))
        return self.row[:, first : first + layers]

    def _whole_norm(self) -> Tensor | None:
        """Of the gradient, from those of its layers, (K,); None for one network, where that takes longer."""
        if self._layer_norms is None:
            return None
        norm: Tensor = torch.linalg.vector_norm(self._layer_norms, dim=1)
        if self._flat.split == self._flat.gradient.shape[1]:
            return norm
        return torch.hypot(norm, euclid(self._flat.gradient[:, self._flat.split :]))

    def _norm_slots(self, quantity: str) -> list[tuple[Tensor, Tensor]]:
        """Each layer's gradient with the slot that its norm goes to."""
        return [
            (gradient, self._slots[f"{quantity}/{layer}"]) for layer, gradient in self._flat.layers.items()
        ]

    def _say_state(self, loss: Tensor, taps: list[Tensor]) -> None:
        self._slots["loss"].copy_(loss)
        for gradient, slot in self._norms:
            torch.linalg.vector_norm(gradient, dim=1, dtype=torch.float64, out=slot)
        self._gauges.write(taps)

    def _say_move(self, clipped: Clipped) -> None:
        slots = self._slots
        slots["gradient_norm"].copy_(clipped.before)
        slots["gradient_norm_clipped"].copy_(clipped.after)
        slots["coefficient"].copy_(clipped.coefficient)
        slots["fired"].copy_(clipped.fired > clipped.skipped)  # a step left out was not clipped
        slots["skipped"].copy_(clipped.skipped)
        if self._clipper.adapts:
            slots["gradient_limit"].copy_(self._clipper.limit)
        if self._clipper.turns:
            slots["cosine"].copy_(clipped.cosine)
