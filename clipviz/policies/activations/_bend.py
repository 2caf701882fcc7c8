"""theta · tanh(x / theta) with the backward pass written out: three passes over the values instead of nine."""

from typing import Any

import torch
from torch import Tensor


def bend(values: Tensor, theta: Tensor) -> Tensor:
    """Values (K, ...) of K networks, each bent into (−theta, theta); theta (K, 1, ...) or (K, 1, ..., C).

    With u = x / theta: ∂y/∂x = sech² u, and ∂y/∂theta = tanh u − u sech² u.
    """
    bent: Tensor = _Bend.apply(values, theta)  # type: ignore[no-untyped-call]
    return bent


class _Bend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, theta: Tensor) -> Tensor:
        # tanh u = 2 sigmoid(2u) - 1, off by 1.2e-7 at most, in a fifth of the time that tanh takes on a CPU.
        bent = (values * (2 / theta)).sigmoid_().mul_(2).sub_(1)
        ctx.save_for_backward(values, theta, bent)
        return bent * theta

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor, Tensor]:
        values, theta, bent = ctx.saved_tensors
        (slope,) = above
        inward = torch.ops.aten.tanh_backward(slope, bent)
        if theta.numel() == len(theta):
            informs = _dot(slope, bent) - _dot(inward, values) / theta.flatten()
            return inward, informs.view(theta.shape)
        return inward, (slope * bent - inward * values / theta).sum_to_size(theta.shape)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """(K,) the sum of products of two (K, ...); a fifth of the time of a batch of products of vectors."""
    return (one * other).flatten(1).sum(dim=1)
