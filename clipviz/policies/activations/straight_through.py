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

    A leak of 1 is the identity straight-through estimator, a leak of 0 the plain clamp. A value that is far
    out can come back, at the price of a gradient that is not that of the loss.
    """

    title: ClassVar[str] = "Straight-through"
    formula: ClassVar[str] = r"y = \min(\max(x, -\theta), \theta)"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} := 1 \text{ for } |x| \le \theta \text{, else the leak}; "
        r"\quad \frac{\partial y}{\partial \theta} = \operatorname{sign}(x) \text{ for } |x| > "
        r"\theta \text{, else 0}"
    )
    use: ClassVar[str] = "Where a hard clip has left units stuck beyond their bound."
    reference: ClassVar[str] = "Bengio, Léonard and Courville, arXiv:1308.3432, 2013."
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
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

    def apply(self, values: Tensor, theta: Tensor, leak: Tensor, **numbers: Any) -> Tensor:
        seen = values.detach()
        finite = values.where(seen.abs() < float("inf"), seen.new_zeros(()))  # inf − inf is no number
        passed = leak.where(seen.abs() > theta, leak * 0 + 1) * (finite - finite.detach())
        return seen.clamp(-theta, theta) + passed
