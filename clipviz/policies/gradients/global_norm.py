"""The norm of the whole gradient, limited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from clipviz.policies.gradients.base import (
    Clipped,
    Clipper,
    GradientClip,
    Spec,
    euclid,
    not_finite,
    numbers,
    shared,
)
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

ORDERS: dict[str, float] = {"1": 1.0, "2": 2.0, "inf": float("inf")}
EPSILON = 1e-6


class GlobalNormClip(GradientClip):
    """Shorten the gradient to at most M and keep its direction.

    The norm is taken over all parameters at once. Under SGD it acts like a smaller learning rate for that step;
    Adam ignores a constant factor, so there only steps that stand out are changed. A clip that fires at nearly
    every step normalises the gradient, one that never fires is a plain run: look at the share of steps clipped.
    It fires where ‖g‖ > M, and computes what torch.nn.utils.clip_grad_norm_ computes, its epsilon included.
    """

    title: ClassVar[str] = "Global norm"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = r"\hat g = g \cdot \min\left(1, \frac{M}{\|g\|_p + 10^{-6}}\right)"
    gradient: ClassVar[str] = r"\text{The direction is kept, the length is at most } M."
    use: ClassVar[str] = (
        "The first choice against rare exploding gradients; M near the usual norm or a few times it."
    )
    reference: ClassVar[str] = (
        "Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, "
        "arXiv:1211.5063, 2013."
    )
    widest: ClassVar = {"max_norm": 1e6}

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

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        order, limit = ORDERS[shared(policies, "norm")], numbers(policies, "max_norm", weights)
        return _Shorten(limit) if order == 2.0 else _ShortenByOther(limit, order)


class _Shorten(Clipper):
    """By Euclid's norm. limit: (K,) float64."""

    def __init__(self, limit: Tensor) -> None:
        import torch

        self.limit = limit.to(torch.float32)
        self._limit = limit
        self._one = torch.ones_like(limit)

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        norm = euclid(gradient, norm)
        coefficient = self._limit.div(norm + EPSILON).clamp_(max=1.0)
        gradient.mul_(coefficient.to(gradient.dtype).unsqueeze(1))
        fired = norm > self._limit
        return Clipped(norm, norm * coefficient, coefficient, fired, not_finite(norm), self._one)


class _ShortenByOther(_Shorten):
    """By the sum or the largest of the absolute values."""

    adapts = True

    def __init__(self, limit: Tensor, order: float) -> None:
        import torch

        super().__init__(limit)
        self._order, self._norm, self._wide = order, torch.linalg.vector_norm, torch.float64

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        own = euclid(gradient, norm)
        norm = self._norm(gradient, self._order, dim=1, dtype=self._wide)
        coefficient = self._limit.div(norm + EPSILON).clamp_(max=1.0)
        gradient.mul_(coefficient.to(gradient.dtype).unsqueeze(1))
        fired, skipped = norm > self._limit, not_finite(own)
        self.limit.copy_(self._limit * (own / norm).masked_fill_(norm == 0, 1.0))
        return Clipped(own, own * coefficient, coefficient, fired, skipped, self._one)
