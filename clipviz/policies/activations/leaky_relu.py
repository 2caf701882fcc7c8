"""A ReLU that leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class LeakyRelu(ActivationFunction):
    """Keep what is positive, and a little of the rest, so that no unit is ever dead.

    Unbounded on both sides. At 0 the gradient is the slope.
    """

    title: ClassVar[str] = "Leaky ReLU"
    formula: ClassVar[str] = r"y = x \text{ for } x > 0 \text{, else } a x"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 \text{ for } x > 0 \text{, else } a"
    use: ClassVar[str] = "Where ReLU leaves many units dead."
    reference: ClassVar[str] = (
        "Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML, 2013."
    )
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

    slope: float = Field(
        0.01,
        gt=0,
        le=1,
        title="Slope",
        description="What is left of a negative value.",
        json_schema_extra=extra("", 0.01, 0.1, 0.3),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"slope": Knob(self.slope)}

    def apply(self, values: Tensor, slope: Tensor, **numbers: Any) -> Tensor:
        return values.where(values > 0, values * slope)

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {0.0: self.slope}
