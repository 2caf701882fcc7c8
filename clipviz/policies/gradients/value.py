"""Each entry of the gradient, limited by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec, not_finite
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class ValueClip(GradientClip):
    """Limit each entry of the gradient to [−v, v]: min(max(g, −v), v).

    It changes the direction: large entries lose against small ones, up to the sign of g when v is small. Use
    it where single entries spike. Clamping would turn an infinite entry into v and hide the overflow: here a
    gradient that is not finite is seen first, and its step is skipped. It fires where the largest entry is
    beyond v; the norms shown are Euclid's, the coefficient is the norm after over the norm before.

    Mikolov, Statistical Language Models Based on Neural Networks, 2012.
    """

    title: ClassVar[str] = "Value"

    max_value: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest entry",
        description="v, the largest absolute entry that passes unchanged.",
        json_schema_extra=extra("gradient", 0.01, 0.1, 0.5, 1.0),
    )

    def build(self, specs: Sequence[Spec], replicas: int, device: str) -> Clipper:
        import torch

        return _Limit(torch.full((replicas,), self.max_value, device=device))


class _Limit:
    """limit: (K,) float32, the largest entry; infinite leaves that replica alone."""

    def __init__(self, limit: Tensor) -> None:
        import torch

        self.limit = limit
        self._norm = torch.linalg.vector_norm
        self._wide = torch.float64

    def __call__(self, gradient: Tensor) -> Clipped:
        before = self._norm(gradient, dim=1, dtype=self._wide)  # (K,)
        largest = gradient.abs().amax(dim=1)
        limit = self.limit.unsqueeze(1)
        gradient.clamp_(-limit, limit)
        after = self._norm(gradient, dim=1, dtype=self._wide)
        coefficient = (after / before).masked_fill_(before == 0, 1.0)
        return Clipped(before, after, coefficient, largest > self.limit, not_finite(before))
