"""ReLU with a ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Relu6(ActivationClip):
    """Keep what lies between 0 and a ceiling: y = min(max(x, 0), theta), theta = 6 as it comes.

    Gradient 1 strictly inside, 0 outside and at both bounds, as torch.nn.ReLU6. After a ReLU it is the ceiling
    alone. The usual choice for networks that will run in few bits: the range is known beforehand.

    Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010.
    """

    title: ClassVar[str] = "ReLU6"
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)
    idempotent: ClassVar[bool] = True

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

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        inside = (values > 0) & (values < theta)
        return values.where(inside, values.detach().clamp(theta * 0, theta))

    def beyond(self, values: Tensor, *, theta: Tensor, **numbers: Tensor) -> Tensor:
        return values > theta

    def kinks(self, *, theta: float, **thresholds: float) -> dict[float, float]:
        return {0.0: 0.0, theta: 0.0}
