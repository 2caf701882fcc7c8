"""A ReLU that levels off below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Elu(ActivationFunction):
    """Keep what is positive and level off below: y = x above 0, α(e^x − 1) below.

    Gradient 1 above 0, α·e^x below and at 0: smooth where α = 1. Bounded below by −α, unbounded above; outputs
    are nearer to 0 on average than those of ReLU.

    Clevert, Unterthiner and Hochreiter, arXiv:1511.07289, 2016.
    """

    title: ClassVar[str] = "ELU"

    alpha: float = Field(
        1.0,
        gt=0,
        le=100,
        title="Alpha",
        description="How far below 0 it levels off.",
        json_schema_extra=extra("layer output", 0.5, 1.0, 2.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"alpha": Knob(self.alpha)}

    def formula(self, values: Tensor, *, alpha: Tensor, **numbers: Any) -> Tensor:
        return values.where(values > 0, alpha * values.clamp(max=0).expm1())

    def kinks(self, **thresholds: float) -> dict[float, float]:
        return {} if self.alpha == 1 else {0.0: self.alpha}
