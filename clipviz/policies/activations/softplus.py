"""A ReLU with a rounded corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Softplus(ActivationFunction):
    """Round off the corner of ReLU.

    Always positive, ln 2 / β at 0, unbounded above: it clips nothing.
    """

    title: ClassVar[str] = "Softplus"
    formula: ClassVar[str] = r"y = \log(1 + e^{\beta x}) / \beta"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = \sigma(\beta x)"
    use: ClassVar[str] = "Where outputs must be positive and smooth."
    reference: ClassVar[str] = (
        "Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, NIPS, 2001."
    )
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

    sharpness: float = Field(
        1.0,
        ge=0.01,
        le=1000,
        title="Sharpness",
        description="β: the larger, the nearer to ReLU.",
        json_schema_extra=extra("per layer output", 1.0, 5.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"sharpness": Knob(self.sharpness)}

    def apply(self, values: Tensor, sharpness: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import softplus

        return softplus(values * sharpness, threshold=40.0) / sharpness
