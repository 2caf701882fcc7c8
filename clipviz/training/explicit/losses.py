"""The loss of a batch and its slope at what the network says."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

Loss = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From outputs and goals to the mean loss, () or (K,), and its slope in the outputs."""


def explicit(loss: nn.Module, several: Callable[[Tensor, Tensor], Tensor] | None) -> Loss:
    """several: the same for K networks at once, None for one."""
    if type(loss) is nn.MSELoss:
        return _squares if several is None else _many_squares
    return _ByAutograd(loss if several is None else several)


def _squares(said: Tensor, goal: Tensor) -> tuple[Tensor, Tensor]:
    return mse_loss(said, goal), (said - goal).mul_(2 / said.numel())


def _many_squares(said: Tensor, goal: Tensor) -> tuple[Tensor, Tensor]:
    apart = said - goal
    return apart.square().mean(dim=(1, 2)), apart.mul_(2 * len(said) / said.numel())


class _ByAutograd:
    def __init__(self, loss: Any) -> None:
        self._loss = loss

    def __call__(self, said: Tensor, goal: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            leaf = said.detach().requires_grad_()
            loss = self._loss(leaf, goal)
            (slope,) = torch.autograd.grad(loss.sum(), leaf)
        return loss.detach(), slope
