"""A ReLU with a rounded corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Softplus(ActivationFunction):
    """Round off the corner of ReLU: y = log(1 + e^(βx)) / β.

    Gradient σ(βx), between 0 and 1 and never quite either. Always positive; ln 2 / β at 0; unbounded above. It does
    not clip anything: a clip takes the difference of two.

    Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2001.
    """

    title: ClassVar[str] = "Softplus"

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

    def formula(self, values: Tensor, *, sharpness: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import softplus

        return softplus(values * sharpness, threshold=40.0) / sharpness
