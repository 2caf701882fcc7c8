"""A gate that closes on large values, and whose threshold learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from clipviz.policies.activations.base import Knob, LearnedSymmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

FAR = 50.0


class GateClip(LearnedSymmetric):
    """Let small values through and shut large ones out: y = x · g with g = σ(β(theta − |x|)).

    The gate multiplies, so theta gets a gradient: ∂y/∂theta = β·x·g·(1 − g), the stronger the nearer |x| is to
    theta; ∂y/∂x = g − β·|x|·g·(1 − g), negative just beyond it. A value far out becomes 0, not theta: use it
    where outliers are errors rather than strong signals. "hard" opens or shuts entirely (|x| <= theta passes)
    and keeps these gradients, straight through.

    The repaired form of a gate that compares σ with ½: see the specimen whose threshold never learns. Straight
    through after Bengio, Léonard and Courville, arXiv:1308.3432, 2013.
    """

    title: ClassVar[str] = "Learned gate"

    sharpness: float = Field(
        5.0,
        ge=0.01,
        le=1000,
        title="Sharpness",
        description="β: how abruptly the gate closes around theta.",
        json_schema_extra=extra("per layer output", 2.0, 5.0, 20.0),
    )
    edge: Literal["soft", "hard"] = Field(
        "soft",
        title="Edge",
        description="Soft closes gradually; hard opens or shuts, with the gradient of the soft gate.",
        json_schema_extra=extra("", "soft", "hard"),
    )

    def knobs(self) -> dict[str, Knob]:
        return super().knobs() | {"sharpness": Knob(self.sharpness)}

    def formula(self, values: Tensor, *, theta: Tensor, sharpness: Tensor, **numbers: Any) -> Tensor:
        end = (theta + FAR / sharpness).detach()
        near = values.clamp(-end, end)  # 0 · inf is no number
        gate = (sharpness * (theta - near.abs())).sigmoid()
        if self.edge == "hard":
            gate = (near.abs() <= theta).to(gate.dtype) + gate - gate.detach()
        return near * gate
