"""Low precision inside a step, and the scale that keeps small float16 gradients from vanishing."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor, nn

Precision = Literal["float32", "bfloat16", "float16"]
PAYS = 250_000_000
"""Multiplications of a batch in a layer, on average, from which on bfloat16 is taken: 20 µs of float32 on a large GPU,
several times what casting its weights and values costs. Reckoned, not measured."""
FIRST = 2.0**16
PATIENCE = 2000
"""Steps without an overflow after which the scale doubles."""


def low(precision: Precision, device: torch.device) -> AbstractContextManager[Any]:
    """Runs the layers inside it in a precision, weights staying float32; may be entered again and again."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, getattr(torch, precision))


def settled(
    asked: Precision | Literal["auto"], body: nn.Module, example: Tensor, batch: int, device: torch.device
) -> tuple[Precision, str]:
    """The precision that `asked` means for a body on a device, and why in words where it was open.

    example: (1, D) one row as the body takes it. batch: rows that go through it at once.
    """
    if asked != "auto":
        return asked, ""
    if device.type != "cuda":
        return "float32", "computes in float32: bfloat16 pays on a GPU only"
    if not torch.cuda.is_bf16_supported(including_emulation=False):
        return "float32", "computes in float32: this GPU has no bfloat16"
    counts = multiplications(body, example)
    each = batch * sum(counts) / max(1, len(counts))
    size = f"{each / 1e6:,.0f} million multiplications a layer and batch"
    if each < PAYS:
        return "float32", f"computes in float32: with {size}, bfloat16 would not pay"
    return "bfloat16", f"computes its layers in bfloat16: with {size}, it pays"


@torch.no_grad()
def multiplications(body: nn.Module, example: Tensor) -> list[int]:
    """Of each layer that multiplies matrices, for one row (1, D); the body's mode and statistics stay as they are."""
    counts: list[int] = []

    def seen(layer: nn.Module, given: Any, said: Any) -> None:
        size = sum(weight.numel() for weight in layer.parameters() if weight.ndim > 1)
        if isinstance(layer, nn.LSTM):
            counts.append(size * given[0].shape[1])
        elif isinstance(layer, nn.Conv2d):
            counts.append(size * said.shape[-2] * said.shape[-1])
        else:
            counts.append(size)

    kinds = (nn.Linear, nn.Conv2d, nn.LSTM)
    hooks = [layer.register_forward_hook(seen) for layer in body.modules() if isinstance(layer, kinds)]
    trains = body.training
    body.eval()
    body(example)
    body.train(trains)
    for hook in hooks:
        hook.remove()
    return counts


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
