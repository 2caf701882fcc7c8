"""No gradient clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec, euclid, not_finite

if TYPE_CHECKING:
    from torch import Tensor


class NoGradientClip(GradientClip):
    """Hand the gradient on as it is: the baseline that every other gradient clip is compared with.

    Its norm is still measured, and a step whose gradient is not finite is still skipped.
    """

    title: ClassVar[str] = "None"
    traits: ClassVar = frozenset({"export"})
    formula: ClassVar[str] = r"\hat g = g"
    gradient: ClassVar[str] = r"\text{Length and direction are kept.}"
    use: ClassVar[str] = "As the comparison, and where no spike is in sight."
    reference: ClassVar[str] = "The plain step."
    widest: ClassVar = {}

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        return _Measure(weights)


class _Measure(Clipper):
    def __init__(self, weights: Tensor) -> None:
        import torch

        replicas = len(weights)
        self.limit = torch.full((replicas,), float("nan"), device=weights.device)
        self._one = torch.ones(replicas, device=weights.device)
        self._never = torch.zeros(replicas, dtype=torch.bool, device=weights.device)

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        norm = euclid(gradient, norm)
        return Clipped(norm, norm, self._one, self._never, not_finite(norm), self._one)
