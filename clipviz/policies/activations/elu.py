"""A ReLU that levels off below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Elu(ActivationFunction):
    """Keep what is positive and level off below.

    Smooth where α = 1; outputs are nearer to 0 on average than those of ReLU. Unbounded above.
    """

    title: ClassVar[str] = "ELU"
    formula: ClassVar[str] = r"y = x \text{ for } x > 0 \text{, else } \alpha (e^x - 1)"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } x > 0 \text{, else } \alpha e^x"
    )
    use: ClassVar[str] = "Without normalisation layers, where the mean of activations drifts."
    reference: ClassVar[str] = "Clevert, Unterthiner and Hochreiter, arXiv:1511.07289, 2016."
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

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

    def apply(self, values: Tensor, alpha: Tensor, **numbers: Any) -> Tensor:
        return values.where(values > 0, alpha * values.clamp(max=0).expm1())

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {} if self.alpha == 1 else {0.0: self.alpha}
