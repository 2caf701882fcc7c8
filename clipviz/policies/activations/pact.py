"""PACT: a learned ceiling, and its quantiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import LEAST_START, Knob, LearnedClip, quantile
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Pact(LearnedClip):
    """Keep what lies between 0 and a learned theta; round it to a few bits if asked.

    Saturated values push theta where the loss wants it, the penalty pulls it down. The paper's advice: one
    theta per layer, a large start (10; a small one is unstable, a huge one never moves), λ as the weight
    decay of the weights, first and last layer unquantised. At the bounds themselves gradients are those of
    torch.clamp: 1 in x; the paper gives x = theta to theta.

    With bits set, values are rounded to 2^bits − 1 even steps of [0, theta], the rounding passing gradients
    straight through; theta is held constant within it, without which ∂y/∂theta would not be the paper's. Halves go
    to the even step, as torch.round and ONNX have it (the paper says round only); a theta that float32 holds an ulp
    off decides such a tie, and both answers are half a step away.
    """

    title: ClassVar[str] = "PACT"
    formula: ClassVar[str] = (
        r"y = \tfrac12 (|x| - |x - \theta| + \theta) = \min(\max(x, 0), \theta); \quad \text{loss} "
        r"+ \tfrac12 \lambda \theta^2"
    )
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } 0 \le x \le \theta \text{, else 0}; \quad "
        r"\frac{\partial y}{\partial \theta} = 1 \text{ for } x > \theta \text{, else 0}"
    )
    use: ClassVar[str] = "For a network that will run quantised, or as a ReLU whose ceiling is learned."
    reference: ClassVar[str] = (
        "Choi et al., PACT: Parameterized Clipping Activation for Quantized Neural Networks, "
        "arXiv:1805.06085, 2018."
    )
    traits: ClassVar = frozenset({"moving", "stability", "sparsity", "export"})

    start: float | None = Field(
        10.0,
        gt=LEAST_START,
        le=1e6,
        title="Start",
        description="First threshold of every layer; empty measures it on one batch of training rows.",
        json_schema_extra=extra("layer output", None, 3.0, 10.0, advanced=True),
    )
    penalty: float = Field(
        0.0002,
        ge=0,
        le=1000,
        title="Threshold penalty",
        description="Adds ½ · penalty · theta² to the loss; the paper takes the weight decay of the weights.",
        json_schema_extra=extra("loss per squared output", 0.0, 0.0001, 0.001, 0.01),
    )
    bits: int | None = Field(
        None,
        ge=1,
        le=16,
        title="Bits",
        description="Rounds to 2^bits − 1 even steps between 0 and theta; empty rounds nothing.",
        json_schema_extra=extra("bits", None, 2, 4, 8),
    )

    def knobs(self) -> dict[str, Knob]:
        steps = {} if self.bits is None else {"levels": Knob(2.0**self.bits - 1)}
        return super().knobs() | steps

    def apply(self, values: Tensor, theta: Tensor, levels: Tensor | None = None, **numbers: Any) -> Tensor:
        kept = values.clamp(min=0).clamp(max=theta)
        if levels is None:
            return kept
        step = theta.detach() / levels
        return kept + ((kept / step).round() * step - kept).detach()

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"theta": quantile(values, self.start_quantile)}

    @property
    def measured(self) -> str:
        return f"quantile {self.start_quantile:g} of h in one batch"

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values > theta

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {0.0: 1.0, theta: 1.0}
