"""Low precision inside a step, and the scale that keeps small float16 gradients from vanishing."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor

Precision = Literal["float32", "bfloat16", "float16"]
FIRST = 2.0**16
PATIENCE = 2000
"""Steps without an overflow after which the scale doubles."""


def low(precision: Precision, device: torch.device) -> AbstractContextManager[Any]:
    """Runs the layers inside it in a precision, weights staying float32; may be entered again and again."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, getattr(torch, precision))


class LossScale:
    """A factor for the loss of each of K replicas, (K,) float32, a power of two; for float16 only.

    Gradients below 6e-8 are 0 in float16. The loss is multiplied before backward, the gradient divided once, before
    anything reads it: norms, limits and thresholds are those of the true gradient. A gradient that overflowed
    halves the scale and its step is skipped like any that is not finite; bfloat16 has float32's range and needs none.

    Micikevicius et al., Mixed Precision Training, arXiv:1710.03740, 2017.
    """

    def __init__(self, replicas: int, device: torch.device) -> None:
        self.scale = torch.full((replicas,), FIRST, device=device)
        self._good = torch.zeros(replicas, device=device)

    def unscale(self, gradient: Tensor) -> None:
        """Divides gradients (K, P) in place."""
        gradient.div_(self.scale.unsqueeze(1))

    def learn(self, overflowed: Tensor) -> None:
        """Moves the scale after a step; overflowed: (K,) bool."""
        self._good.add_(1).masked_fill_(overflowed, 0.0)
        grows = self._good >= PATIENCE
        self._good.masked_fill_(grows, 0.0)
        factor = torch.where(overflowed, 0.5, torch.where(grows, 2.0, 1.0))
        self.scale.mul_(factor).clamp_(1.0, 2.0**24)

    def state(self) -> dict[str, Tensor]:
        return {"scale": self.scale, "good": self._good}
