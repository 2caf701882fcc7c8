"""The arithmetic of clips that shorten the whole gradient, whatever decides how far."""

from typing import Protocol

import torch
from torch import Tensor

from clipviz.policies.gradients.base import Clipped, Clipper, euclid, full, not_finite


class Rule(Protocol):
    """What decides; all numbers are float64, of shape (K,)."""

    def bound(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        """Beyond which norm a gradient is cut, and to which, given the norm of this one; the first is never below
        the second. Remembers the norm where it is not lost (bool: the gradient is not finite).
        """

    def state(self) -> dict[str, Tensor]:
        """As of Clipper."""


class Shortener(Clipper):
    """Shortens gradients beyond a length that its rule names, and keeps their direction."""

    adapts = True

    def __init__(self, rule: Rule, weights: Tensor) -> None:
        self.limit = full(weights, float("inf")).to(torch.float32)
        self.state = rule.state  # type: ignore[method-assign]
        self._bound, self._one = rule.bound, full(weights, 1.0)

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        norm = euclid(gradient, norm)
        lost = not_finite(norm)
        start, length = self._bound(norm, lost)
        fired = norm > start
        coefficient = torch.where(fired, length / norm, self._one)
        gradient.mul_(coefficient.to(gradient.dtype).unsqueeze(1))
        self.limit.copy_(start)
        return Clipped(norm, norm * coefficient, coefficient, fired, lost, self._one)
