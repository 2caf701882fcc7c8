"""LSQ: a quantiser whose step is learned."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from clipviz.policies.activations.base import LEAST_START, Knob, Measured
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Lsq(Measured):
    """Round to a grid whose step s is learned: y = round(clamp(x / s, −Qn, Qp)) · s.

    Unsigned: Qn = 0, Qp = 2^bits − 1 (after a ReLU); signed: Qn = 2^(bits − 1), Qp = Qn − 1. ∂y/∂x is 1 inside
    and at the bounds, straight through the rounding; ∂y/∂s is round(x / s) − x / s inside, −Qn or Qp outside,
    times g = 1 / √(N · Qp), N being the features of a sample. The threshold that is shown is Qp · s.
    As it starts, s = 2·mean|x| / √Qp on one batch.

    Esser et al., Learned Step Size Quantization, arXiv:1902.08153, 2020.
    """

    title: ClassVar[str] = "LSQ quantiser"
    thresholds: ClassVar[tuple[str, ...]] = ("step",)
    widest: ClassVar[Mapping[str, float] | None] = None
    surrogate: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True

    bits: int = Field(
        4,
        ge=2,
        le=16,
        title="Bits",
        description="How many bits a value may take.",
        json_schema_extra=extra("bits", 2, 3, 4, 8),
    )
    sign: Literal["unsigned", "signed"] = Field(
        "unsigned",
        title="Sign",
        description="Unsigned for values after a ReLU, signed where negative values carry meaning.",
        json_schema_extra=extra("", "unsigned", "signed"),
    )
    start: float | None = Field(
        None,
        gt=LEAST_START,
        le=1e6,
        title="Start of the step",
        description="First step of the grid in every layer; empty takes 2·mean|h| / √Qp of one batch of training rows.",
        json_schema_extra=extra("layer output", None, 0.1, 0.5, advanced=True),
    )

    def knobs(self) -> dict[str, Knob]:
        signed = self.sign == "signed"
        top = 2.0 ** (self.bits - signed) - 1
        return {
            "step": Knob(1.0 if self.start is None else self.start, learned=True),
            "bottom": Knob(-(top + 1) if signed else 0.0),
            "top": Knob(top),
        }

    def formula(
        self, values: Tensor, *, step: Tensor, bottom: Tensor, top: Tensor, **numbers: Any
    ) -> Tensor:
        share = (top * max(prod(values.shape[1:]), 1)).rsqrt()
        step = step.detach() + (step - step.detach()) * share
        inside = (values / step).clamp(bottom, top)
        return (inside + (inside.round() - inside).detach()) * step

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"step": 2 * values.abs().mean(dim=0) / self.knobs()["top"].start ** 0.5}

    @property
    def measured(self) -> str:
        return "so that the step is 2·mean|h| / √Qp of one batch"

    def readable(self, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"theta": numbers["step"] * numbers["top"]}

    def beyond(
        self, values: Tensor, *, step: Tensor, bottom: Tensor, top: Tensor, **numbers: Tensor
    ) -> Tensor:
        return (values < bottom * step) | (values > top * step)
