"""A leaky ReLU that learns its leak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from clipviz.policies.activations.base import ActivationFunction, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Prelu(ActivationFunction):
    """Keep what is positive, and a learned share of the rest: y = x above 0, a · x below.

    Gradient in x 1 above 0, a below and at 0; in a it is x below 0, 0 above. a is free to become negative or
    larger than 1, and gets no weight decay, which would pull it to a ReLU. Unbounded on both sides.

    He, Zhang, Ren and Sun, Delving Deep into Rectifiers, arXiv:1502.01852, 2015.
    """

    title: ClassVar[str] = "PReLU"

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

    def formula(self, values: Tensor, *, slope: Tensor, **numbers: Any) -> Tensor:
        return values.where(values > 0, values * slope)

    def kinks(self, **thresholds: float) -> dict[float, float]:
        return {0.0: self.start}
