"""A leaky ReLU that learns its leak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Prelu(ActivationFunction):
    """Keep what is positive, and a learned share of the rest.

    The share is free to become negative or larger than 1, and gets no weight decay, which would pull it to a
    ReLU. Unbounded on both sides.
    """

    title: ClassVar[str] = "PReLU"
    formula: ClassVar[str] = r"y = x \text{ for } x > 0 \text{, else } a x"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } x > 0 \text{, else } a; \quad "
        r"\frac{\partial y}{\partial a} = \min(x, 0)"
    )
    use: ClassVar[str] = "Where the network should find out how much of the lower side it needs."
    reference: ClassVar[str] = "He, Zhang, Ren and Sun, Delving Deep into Rectifiers, arXiv:1502.01852, 2015."
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

    start: float = Field(
        0.25,
        ge=-1,
        le=1,
        title="Start",
        description="First share a of a negative value that is kept.",
        json_schema_extra=extra("", 0.0, 0.1, 0.25),
    )
    per: Literal["layer", "channel"] = Field(
        "layer",
        title="One per",
        description="A share for the whole layer, or one for each of its channels.",
        json_schema_extra=extra("", "layer", "channel", advanced=True),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"slope": Knob(self.start, learned=True, positive=False)}

    def apply(self, values: Tensor, slope: Tensor, **numbers: Any) -> Tensor:
        return values.where(values > 0, values * slope)

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {0.0: self.start}
