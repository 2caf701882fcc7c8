"""No gradient clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec, not_finite

if TYPE_CHECKING:
    from torch import Tensor


class NoGradientClip(GradientClip):
    """Hand the gradient on as it is; its norm is still measured, and a step that is not finite is still
    skipped.

    The baseline that every other gradient clip is compared with.
    """

    title: ClassVar[str] = "None"

    def build(self, specs: Sequence[Spec], replicas: int, device: str) -> Clipper:
        return _Measure(replicas, device)


class _Measure:
    def __init__(self, replicas: int, device: str) -> None:
        import torch

        self.limit = torch.full((replicas,), float("nan"), device=device)
        self._one = torch.ones(replicas, device=device)
        self._never = torch.zeros(replicas, dtype=torch.bool, device=device)
        self._norm = torch.linalg.vector_norm
        self._wide = torch.float64

    def __call__(self, gradient: Tensor) -> Clipped:
        norm = self._norm(gradient, dim=1, dtype=self._wide)
        return Clipped(norm, norm, self._one, self._never, not_finite(norm))
