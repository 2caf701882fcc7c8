"""theta · tanh(x / theta) with the backward pass written out, for autograd: three passes over the values, not nine."""

from typing import Any

import torch
from torch import Tensor

from clipviz.policies.activations import _passes


def bend(values: Tensor, theta: Tensor) -> Tensor:
    """Values (K, ...) of K networks, each bent into (−theta, theta); theta (K, 1, ...) or (K, 1, ..., C).

    With u = x / theta: ∂y/∂x = sech² u, and ∂y/∂theta = tanh u − u sech² u.
    """
    bent: Tensor = _Bend.apply(values, theta)  # type: ignore[no-untyped-call]
    return bent


class _Bend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, theta: Tensor) -> Tensor:
        said, bent = torch.empty_like(values), torch.empty_like(values)
        _passes.bend(values, theta, said, bent)
        ctx.save_for_backward(values, theta, bent)
        return said

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor, Tensor]:
        values, theta, bent = ctx.saved_tensors
        (slope,) = above
        inward = torch.ops.aten.tanh_backward(slope, bent)
        informs = (slope * (bent * theta)).addcmul_(inward, values, value=-1)
        return inward, informs.sum_to_size(theta.shape) / theta
