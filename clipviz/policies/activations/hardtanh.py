"""The hard bound of torch.nn.Hardtanh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import Knob, Symmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Hardtanh(Symmetric):
    """Clamp to [−theta, theta], and stop the gradient at the bounds too.

    The same values as the fixed clip; only at |x| = theta is the gradient 0 here and 1 there, which matters
    where many values sit exactly on a bound, after an earlier clip. theta = 1 is torch.nn.Hardtanh.
    """

    title: ClassVar[str] = "Hardtanh"
    formula: ClassVar[str] = r"y = \min(\max(x, -\theta), \theta)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 \text{ for } |x| < \theta \text{, else 0}"
    use: ClassVar[str] = "Where a network was trained with torch.nn.Hardtanh; else the fixed clip."
    reference: ClassVar[str] = "Collobert, Large Scale Machine Learning, thesis, Paris VI, 2004."
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    widest: ClassVar = {"theta": 1e6}

    theta: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Threshold",
        description="Largest absolute value that leaves a layer.",
        json_schema_extra=extra("layer output", 1.0, 3.0, 6.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.theta)}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        inside = values.abs() < theta
        return values.where(inside, values.detach().clamp(-theta, theta))

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {-theta: 0.0, theta: 0.0}
