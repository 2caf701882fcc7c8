"""LSQ: a quantiser whose step is learned."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from clipviz.policies.activations.base import LEAST_START, Knob, Measured
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Lsq(Measured):
    """Round to a grid of few bits whose step s is learned.

    Unsigned: Qn = 0, Qp = 2^bits − 1; signed: Qn = 2^(bits − 1), Qp = Qn − 1. The rounding passes gradients
    straight through, at the bounds too (the paper: strictly inside). ∂y/∂s is multiplied by 1 / √(N·Qp), N
    being the features of one sample. As it starts, s = 2·mean|x| / √Qp on one batch. The threshold that is
    shown is Qp·s.
    """

    title: ClassVar[str] = "LSQ quantiser"
    formula: ClassVar[str] = r"y = s \cdot \operatorname{round}(\min(\max(x / s, -Q_n), Q_p))"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ inside, else 0}; \quad \frac{\partial "
        r"y}{\partial s} = \operatorname{round}(x / s) - x / s \text{ inside, } -Q_n \text{ or } "
        r"Q_p \text{ outside}"
    )
    use: ClassVar[str] = "To train for few bits: the step trades clipping against rounding."
    reference: ClassVar[str] = "Esser et al., Learned Step Size Quantization, arXiv:1902.08153, 2020."
    traits: ClassVar = frozenset({"moving", "stability", "sparsity", "export"})
    thresholds: ClassVar[tuple[str, ...]] = ("step",)
    surrogate: ClassVar[bool] = True

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

    def apply(self, values: Tensor, step: Tensor, bottom: Tensor, top: Tensor, **numbers: Any) -> Tensor:
        return _rounded(values, step, bottom, top, prod(values.shape[1:]))

    def trained(self, values: Tensor, step: Tensor, bottom: Tensor, top: Tensor, **numbers: Any) -> Tensor:
        return _rounded(values, step, bottom, top, prod(values.shape[2:]))

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"step": 2 * values.abs().mean(dim=0) / self.knobs()["top"].start ** 0.5}

    @property
    def measured(self) -> str:
        return "so that the step is 2·mean|h| / √Qp of one batch"

    def readable(self, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"theta": numbers["step"] * numbers["top"]}

    def beyond(self, values: Tensor, step: Tensor, bottom: Tensor, top: Tensor, **numbers: Tensor) -> Tensor:
        return (values < bottom * step) | (values > top * step)


def _rounded(values: Tensor, step: Tensor, bottom: Tensor, top: Tensor, features: int) -> Tensor:
    """features: those of one sample, N in the scale of the gradient on the step."""
    share = (top * max(features, 1)).rsqrt()
    step = step.detach() + (step - step.detach()) * share
    inside = (values / step).clamp(bottom, top)
    return (inside + (inside.round() - inside).detach()) * step
