"""A hard bound that somebody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import Knob, Symmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class FixedClip(Symmetric):
    """Clamp each layer's output to [−theta, theta] with a chosen theta.

    Gradient passes at the bounds themselves (as torch.clamp; ReLU6 and hardtanh give 0 at them). A value that
    is far out stays there unless the layers below move it. After a ReLU only the upper bound acts. On an
    embedding it is the value clamp, at the output of a classifier the logit clamp.
    """

    title: ClassVar[str] = "Fixed"
    formula: ClassVar[str] = r"y = \min(\max(x, -\theta), \theta)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 \text{ for } |x| \le \theta \text{, else 0}"
    use: ClassVar[str] = "To keep activations in a known range, for instance for low precision."
    reference: ClassVar[str] = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010 (ReLU6)."
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    widest: ClassVar = {"theta": 1e6}
    explicit: ClassVar[bool] = True

    theta: float = Field(
        6.0,
        gt=0,
        le=1e6,
        title="Threshold",
        description="Largest absolute value that leaves a layer.",
        json_schema_extra=extra("layer output", 1.0, 3.0, 6.0, 20.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.theta)}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(-theta, theta)

    def ahead(self, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import clamp

        clamp(values, theta, said)

    def back(self, slope: Tensor, values: Tensor, said: Tensor, kept: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import clamp_back

        clamp_back(slope, values, said, kept)

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {-theta: 1.0, theta: 1.0}
