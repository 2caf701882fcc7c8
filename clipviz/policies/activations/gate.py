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
    """Let small values through and shut large ones out, beyond a theta that is learned.

    The gate g multiplies, so theta gets a gradient, the stronger the nearer |x| is to theta. A value far out
    becomes 0, not theta. A hard edge opens or shuts entirely (|x| <= theta passes) and keeps the gradients of
    the soft one, straight through. It is the repaired form of the gate that never learns.
    """

    title: ClassVar[str] = "Learned gate"
    formula: ClassVar[str] = r"y = x \cdot g, \quad g = \sigma(\beta(\theta - |x|))"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = g - \beta |x| g (1 - g); \quad \frac{\partial "
        r"y}{\partial \theta} = \beta x g (1 - g)"
    )
    use: ClassVar[str] = "Where outliers are errors rather than strong signals."
    reference: ClassVar[str] = (
        "Straight through after Bengio, Léonard and Courville, arXiv:1308.3432, 2013; the gate has no paper."
    )
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
    idempotent: ClassVar[bool] = False

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

    def apply(self, values: Tensor, theta: Tensor, sharpness: Tensor, **numbers: Any) -> Tensor:
        end = (theta + FAR / sharpness).detach()
        near = values.clamp(-end, end)  # 0 · inf is no number
        gate = (sharpness * (theta - near.abs())).sigmoid()
        if self.edge == "hard":
            gate = (near.abs() <= theta).to(gate.dtype) + gate - gate.detach()
        return near * gate
