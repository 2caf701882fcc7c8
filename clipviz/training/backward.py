"""The loss of a batch and its gradient."""

from typing import Any

import torch
from torch import Tensor, nn

from clipviz.core.errors import TrainingFailed
from clipviz.core.regime import Training
from clipviz.training.device import capturing
from clipviz.training.explicit.losses import explicit
from clipviz.training.explicit.passing import Passing, follows
from clipviz.training.failures import starved
from clipviz.training.flat import Flat
from clipviz.training.gauges import penalties
from clipviz.training.memory import release
from clipviz.training.precision import LossScale, Precision, low


class Backward:
    """Leaves the gradient of a batch in the flat buffer, which must be zero before: in pieces and in the precision that
    the recipe asks for.

    The gradient is that of the mean over all rows of the batch, whatever the number of pieces, and it is unscaled:
    what reads it next sees the true one.
    """

    def __init__(
        self, body: Any, loss: nn.Module, flat: Flat, training: Training, precision: Precision = "float32"
    ) -> None:
        """precision: what that of the recipe means here."""
        self._body, self.loss, self._flat = body, loss, flat
        self._penalties = penalties(body)
        device = flat.weights.device
        self.pieces = training.accumulation
        self._low = low(precision, device)
        self.scale = LossScale(flat.replicas, device) if precision == "float16" else None
        self._norms = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in body.modules())
        self._full = precision == "float32"
        self._passing = (
            Passing(body, explicit(loss, None), flat) if self._full and follows(body, flat) else None
        )

    def __call__(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Mean loss () of a batch of inputs (B, D), and what flowed into each place's clips, (B, width) each.

        The penalties of thresholds add to the gradient, not to the loss that is told. Where memory runs out, there are
        twice as many pieces from then on; raises TrainingFailed when single rows do not fit, and, with the size that
        does, where batch norms would see pieces instead of the batch.
        """
        said = None
        while said is None:
            said = self._where_it_fits(inputs, goal)
        for penalty in self._penalties:
            penalty().backward()  # type: ignore[no-untyped-call]
        return said

    def _where_it_fits(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]] | None:
        """None where it did not fit, and there are more pieces now."""
        try:
            if self._full and self.pieces == 1:
                return (self._passing or self._whole)(inputs, goal)
            return self._in_pieces(inputs, goal)
        except (MemoryError, RuntimeError) as error:
            if not starved(error) or capturing():
                raise
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        # Only here has the error let go of what was computed before it.
        release(self._flat.gradient.device)
        if self._norms:
            size = self._fitting(inputs, goal)
            raise TrainingFailed(
                "A whole batch must fit into memory, for batch norms are over all of it",
                f"{len(inputs):,} rows",
                f"Set training.batch_size to {size:,}" if size else "Take narrower layers",
            )
        if self.pieces >= len(inputs):
            raise TrainingFailed(
                "One row of a batch at a time must fit into memory",
                reason,
                "Take narrower layers or fewer columns, or another device",
            )
        self._flat.gradient.zero_()
        self._passing = None
        self.pieces = min(2 * self.pieces, len(inputs))
        return None

    def _fitting(self, inputs: Tensor, goal: Tensor) -> int:
        """Rows that do fit: a half, a quarter ... of a batch that did not; 0 where none do."""
        size = len(inputs) // 2
        while size > 1:
            self._flat.gradient.zero_()
            try:
                self._in_pieces(inputs[:size], goal[:size])
                return size
            except (MemoryError, RuntimeError) as error:
                if not starved(error):
                    raise
            size //= 2
        return 0

    def _share(self, piece: Tensor, whole: Tensor) -> Tensor | float:
        """The share of a batch with goals `whole` that a piece of it is: by rows, or by the weights of its classes."""
        weights = getattr(self.loss, "weight", None)
        return len(piece) / len(whole) if weights is None else weights[piece].sum() / weights[whole].sum()

    def _whole(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        taps: list[Tensor] = []
        loss: Tensor = self.loss(self._body(inputs, taps), goal)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss, taps

    def _in_pieces(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        total, seen = self._flat.weights.new_zeros(()), []
        for rows, wanted in zip(inputs.chunk(self.pieces), goal.chunk(self.pieces), strict=True):
            taps: list[Tensor] = []
            with self._low:
                said = self._body(rows, taps)
            loss = self.loss(said.to(torch.float32), wanted) * self._share(wanted, goal)
            (loss if self.scale is None else (loss * self.scale.scale).sum()).backward()
            total += loss.detach()
            seen.append([tap.detach().to(torch.float32) for tap in taps])
        if self.scale is not None:
            self.scale.unscale(self._flat.gradient)
        return total, [torch.cat(parts) for parts in zip(*seen, strict=True)]
