"""The arithmetic of clips that leave whole steps out."""

from typing import Protocol

import torch
from torch import Tensor

from clipviz.policies.gradients.base import Clipped, Clipper, euclid, full, not_finite, remember


class Rule(Protocol):
    """What decides; all numbers are float64, of shape (K,)."""

    def beyond(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        """Whether this step should be left out (bool), and from which norm on; remembers the norm where it is not
        lost.
        """

    def state(self) -> dict[str, Tensor]:
        """As of Clipper."""


class Skipper(Clipper):
    """Leaves out the steps that its rule names, but no more than so many in a row, and all that are not finite."""

    adapts = True

    def __init__(self, rule: Rule, most: Tensor, weights: Tensor) -> None:
        self.limit = full(weights, float("inf")).to(torch.float32)
        self._rule, self._most = rule, most
        self._skips = full(weights, 0.0)
        self._one = full(weights, 1.0)
        self._never = torch.zeros(len(weights), dtype=torch.bool, device=weights.device)

    def state(self) -> dict[str, Tensor]:
        return {**self._rule.state(), "skips": self._skips}

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        norm = euclid(gradient, norm)
        lost = not_finite(norm)
        beyond, limit = self._rule.beyond(norm, lost)
        patient = self._skips < self._most
        left_out = beyond & patient
        remember(self._skips, (self._skips + 1) * left_out, lost)
        self.limit.copy_(limit.where(patient, float("inf")))
        return Clipped(norm, norm, self._one, self._never, lost | left_out, self._one)
