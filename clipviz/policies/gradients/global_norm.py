"""The norm of the whole gradient, limited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec, not_finite
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

ORDERS: dict[str, float] = {"1": 1.0, "2": 2.0, "inf": float("inf")}
EPSILON = 1e-6


class GlobalNormClip(GradientClip):
    """Shorten the gradient to at most M and keep its direction: g · min(1, M / (‖g‖ + 1e-6)).

    The norm is taken over all parameters at once. Under SGD it acts like a smaller learning rate for that
    step; Adam ignores a constant factor, so there only steps that stand out are changed. Use it against rare
    exploding gradients; M near the usual norm or a few times it. A clip that fires at nearly every step
    normalises the gradient, one that never fires is a plain run: look at the share of steps clipped. It fires
    where ‖g‖ > M.

    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063,
    2013 (with torch's epsilon).
    """

    title: ClassVar[str] = "Global norm"

    max_norm: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest norm",
        description="M, the longest gradient that passes unchanged.",
        json_schema_extra=extra("gradient norm", 0.1, 0.5, 1.0, 5.0),
    )
    norm: Literal["2", "1", "inf"] = Field(
        "2",
        title="Norm",
        description="How length is measured: 2 Euclid, 1 sum of absolute values, inf the largest one.",
        json_schema_extra=extra("", "2", "1", "inf", advanced=True),
    )

    def build(self, specs: Sequence[Spec], replicas: int, device: str) -> Clipper:
        import torch

        return _Shorten(torch.full((replicas,), self.max_norm, device=device), ORDERS[self.norm])


class _Shorten:
    """limit: (K,) float32, finite."""

    def __init__(self, limit: Tensor, order: float = 2.0) -> None:
        import torch

        self.limit = limit
        self._order = order
        self._norm = torch.linalg.vector_norm
        # float32 squares overflow at entries of 2e19 and would turn every finite gradient to 0 in silence
        self._wide = torch.float64
        self._wide_limit = limit.to(self._wide)

    def __call__(self, gradient: Tensor) -> Clipped:
        norm = self._norm(gradient, self._order, dim=1, dtype=self._wide)  # (K,)
        coefficient = self._wide_limit.div(norm + EPSILON).clamp_(max=1.0)
        gradient.mul_(coefficient.to(gradient.dtype).unsqueeze(1))
        return Clipped(norm, norm * coefficient, coefficient, norm > self._wide_limit, not_finite(norm))
