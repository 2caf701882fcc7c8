"""The module behind the activation clips that have a threshold."""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from clipviz.policies.activations.base import ThresholdClip

FLOOR = 1e-6
"""Smallest threshold: softplus underflows to 0 in float32, and x / 0 is no number."""


class Threshold(nn.Module):
    """Clips values of any shape at ±theta, theta (1,) being a parameter behind softplus, or a buffer.

    raw: (1,) the parameter of a learned threshold; weight decay would pull theta to ln 2, so it gets none.
    """

    raw: Tensor

    def __init__(self, policy: ThresholdClip, start: float, learned: bool) -> None:
        super().__init__()
        self.policy = policy
        self.learned = learned
        self.saturation = policy.knee()
        first = torch.zeros(1)
        if learned:
            self.raw = nn.Parameter(first)
        else:
            self.register_buffer("raw", first)
        self.start_at(start)

    @property
    def theta(self) -> Tensor:
        """(1,) the threshold, differentiable in `raw`."""
        return softplus(self.raw) + FLOOR if self.learned else self.raw

    @torch.no_grad()
    def start_at(self, theta: float) -> None:
        """Sets the threshold; theta > FLOOR."""
        wanted = torch.as_tensor(theta, dtype=torch.float64)
        if self.learned:
            wanted = wanted - FLOOR
            wanted = wanted + torch.log(-torch.expm1(-wanted))  # the inverse of softplus
        self.raw.fill_(wanted.item())

    def forward(self, values: Tensor) -> Tensor:
        return self.policy.apply(values, self.theta)

    def extra_repr(self) -> str:
        return f"{type(self.policy).__name__}, theta={self.theta.item():.4g}"
