"""Three thresholds that look right and are not: what they do, beside what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Trap:
    """A specimen and its repair at one theta, over x (N,): values and gradients on x and theta, (N,) each.

    learns: whether autograd finds a way from the output to theta at all.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    slope: NDArray[np.float64]
    threshold: NDArray[np.float64]
    learns: bool


def gate(x: Tensor, theta: Tensor) -> Tensor:
    """where(σ(θm) > ½, x, −1e9·m) with m = 1[x > 0]: a comparison has no gradient, so theta never moves."""
    mask = (x > 0).to(x.dtype)
    return x.where((theta * mask).sigmoid() > 0.5, -1e9 * mask)


def learned_gate(x: Tensor, theta: Tensor) -> Tensor:
    """x·σ(θx): the gate as a factor, which theta can open and close."""
    return x * (theta * x).sigmoid()


def softplus_form(x: Tensor, theta: Tensor) -> Tensor:
    """θ·sp(x/θ) − θ·log(1 + e^−|x/θ|), sold as a soft clip: the logarithms cancel, and max(x, 0) is left."""
    from torch.nn.functional import softplus

    part = x / theta
    return theta * softplus(part) - theta * (-part.abs()).exp().log1p()


def unguarded(x: Tensor, theta: Tensor) -> Tensor:
    """clamp(x, −θ, θ) with a theta that may turn negative: torch then gives θ everywhere."""
    return x.clamp(-theta, theta)


def guarded(x: Tensor, theta: Tensor) -> Tensor:
    """The same with softplus(θ) in place of θ: positive whatever the optimiser does."""
    from torch.nn.functional import softplus

    return unguarded(x, softplus(theta))


def follow(formula: object, theta: float, x: NDArray[np.float64]) -> Trap:
    """A formula of (x, theta) over x (N,)."""
    import torch

    line = torch.from_numpy(x.copy()).requires_grad_()
    own = torch.full_like(line, theta).requires_grad_()
    with torch.enable_grad():
        y: Tensor = formula(line, own)  # type: ignore[operator]
        found = torch.autograd.grad(y.sum(), [line, own], allow_unused=True)
    slope, threshold = (np.zeros_like(x) if each is None else each.numpy() for each in found)
    return Trap(x, y.detach().numpy(), slope, threshold, found[1] is not None)
