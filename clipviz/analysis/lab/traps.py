"""Three thresholds that look right and are not: what they do, beside what was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipviz.policies.activations.gate import GateClip
from clipviz.policies.activations.learned_hard import LearnedHardClip
from clipviz.policies.activations.softplus_relu import SoftplusRelu
from clipviz.policies.activations.stuck_gate import StuckGate

if TYPE_CHECKING:
    from torch import Tensor

Formula = Callable[["Tensor", "Tensor"], "Tensor"]


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


def stuck_gate(x: Tensor, theta: Tensor) -> Tensor:
    """A comparison with theta has no gradient, so theta never moves."""
    return StuckGate().apply(x, theta)


def learned_gate(x: Tensor, theta: Tensor) -> Tensor:
    """The gate as a factor, which theta can open and close."""
    policy = GateClip()
    return policy.apply(x, theta, theta.new_tensor(policy.sharpness))


def softplus_form(x: Tensor, theta: Tensor) -> Tensor:
    """Sold as a soft clip: the logarithms cancel, and max(x, 0) is left."""
    return SoftplusRelu().apply(x, theta)


def unguarded(x: Tensor, theta: Tensor) -> Tensor:
    """A clamp at a theta that may turn negative: torch then gives theta everywhere."""
    return LearnedHardClip().apply(x, theta)


def guarded(x: Tensor, theta: Tensor) -> Tensor:
    """The same with softplus(theta) in place of theta: positive whatever the optimiser does."""
    from torch.nn.functional import softplus

    return unguarded(x, softplus(theta))


def follow(formula: Formula, theta: float, x: NDArray[np.float64]) -> Trap:
    """A formula of (x, theta) over x (N,)."""
    import torch

    line = torch.from_numpy(x.copy()).requires_grad_()
    own = torch.full_like(line, theta).requires_grad_()
    with torch.enable_grad():
        y: Tensor = formula(line, own)
        found = torch.autograd.grad(y.sum(), [line, own], allow_unused=True)
    slope, threshold = (np.zeros_like(x) if each is None else each.numpy() for each in found)
    return Trap(x, y.detach().numpy(), slope, threshold, found[1] is not None)
