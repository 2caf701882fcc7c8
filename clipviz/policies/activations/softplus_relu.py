"""Specimen: a soft clip that is ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class SoftplusRelu(ActivationClip):
    """A specimen, not for use: y = theta · sp(x / theta) − theta · log(1 + e^(−|x / theta|)), sp being softplus.

    It is offered as a soft clip at theta, but sp(u) = max(u, 0) + log(1 + e^(−|u|)): the logarithms cancel and y
    = max(x, 0) for every theta > 0. Nothing is bounded, ∂y/∂theta is 0, and theta moves by rounding alone. The
    clip with soft corners beside it takes the difference of two softplus instead.

    A form found in blog posts on "learned soft clipping"; there is no paper.
    """

    title: ClassVar[str] = "Soft clip that is ReLU (specimen)"
    teaching: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)

    start: float = Field(
        2.0,
        gt=1e-5,
        le=1e6,
        title="Start",
        description="theta, on which nothing depends.",
        json_schema_extra=extra("layer output", 0.3, 2.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.start, learned=True)}

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import softplus

        part = values / theta
        return theta * softplus(part) - theta * (-part.abs()).exp().log1p()

    def beyond(self, values: Tensor, *, theta: Tensor, **numbers: Tensor) -> Tensor:
        return values.abs() > theta

    def kinks(self, **thresholds: float) -> dict[float, float]:
        return {0.0: 0.5}
