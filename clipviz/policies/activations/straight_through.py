"""A hard clip that lets gradients past its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import Knob, LearnedSymmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class StraightThroughClip(LearnedSymmetric):
    """Clamp forwards, but pass part of the gradient backwards from beyond the bounds too.

    y = clamp(x, −theta, theta); ∂y/∂x is told to be 1 inside and at the bounds and `leak` beyond: leak = 1 is
    the identity straight-through estimator, leak = 0 the plain clamp. ∂y/∂theta is sign(x) beyond, 0 inside.
    A value that is far out can come back, at the price of a gradient that is not that of the loss.

    Bengio, Léonard and Courville, arXiv:1308.3432, 2013.
    """

    title: ClassVar[str] = "Straight-through"
    idempotent: ClassVar[bool] = True
    surrogate: ClassVar[bool] = True

    leak: float = Field(
        1.0,
        ge=0,
        le=1,
        title="Leak",
        description="Share of the gradient that passes from beyond the bounds: 1 all of it, 0 none.",
        json_schema_extra=extra("share of the gradient", 0.0, 0.1, 1.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return super().knobs() | {"leak": Knob(self.leak)}

    def formula(self, values: Tensor, *, theta: Tensor, leak: Tensor, **numbers: Any) -> Tensor:
        seen = values.detach()
        finite = values.where(seen.abs() < float("inf"), seen.new_zeros(()))  # inf − inf is no number
        passed = leak.where(seen.abs() > theta, leak * 0 + 1) * (finite - finite.detach())
        return seen.clamp(-theta, theta) + passed
