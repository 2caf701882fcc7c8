"""ReLU with a ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Relu6(ActivationClip):
    """Keep what lies between 0 and a ceiling: 6 as it comes.

    The gradient is 0 at both bounds too, as in torch.nn.ReLU6. After a ReLU it is the ceiling alone.
    """

    title: ClassVar[str] = "ReLU6"
    formula: ClassVar[str] = r"y = \min(\max(x, 0), \theta)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 \text{ for } 0 < x < \theta \text{, else 0}"
    use: ClassVar[str] = "For networks that will run in few bits: the range is known beforehand."
    reference: ClassVar[str] = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010."
    traits: ClassVar = frozenset({"control", "fixed", "stability", "sparsity", "export"})
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)
    explicit: ClassVar[bool] = True

    theta: float = Field(
        6.0,
        gt=0,
        le=1e6,
        title="Ceiling",
        description="Largest value that leaves a layer.",
        json_schema_extra=extra("layer output", 1.0, 3.0, 6.0, 20.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.theta)}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        inside = (values > 0) & (values < theta)
        return values.where(inside, values.detach().clamp(theta * 0, theta))

    def ahead(self, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import relu6

        relu6(values, theta, said)

    def back(
        self, slope: Tensor, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any
    ) -> None:
        from clipviz.policies.activations._passes import relu6_back

        relu6_back(slope, said, kept, theta)

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values > theta

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {0.0: 0.0, theta: 0.0}
