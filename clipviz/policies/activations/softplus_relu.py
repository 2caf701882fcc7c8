"""Specimen: a soft clip that is ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class SoftplusRelu(ActivationClip):
    """Specimen, not for use: a soft clip that is exactly ReLU.

    sp(u) = max(u, 0) + log(1 + e^(−|u|)): the logarithms cancel, and for every theta > 0 what is left is
    max(x, 0). Nothing is bounded and theta moves by rounding alone. The clip with soft corners takes the
    difference of two softplus instead.
    """

    title: ClassVar[str] = "Soft clip that is ReLU (specimen)"
    formula: ClassVar[str] = (
        r"y = \theta \operatorname{sp}(x / \theta) - \theta \log(1 + e^{-|x / \theta|}) = \max(x, "
        r"0)"
    )
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial \theta} = 0"
    use: ClassVar[str] = "Never; to see that a formula with a threshold in it need not have one."
    reference: ClassVar[str] = "Seen in blog posts on learned soft clipping; there is no paper."
    idempotent: ClassVar[bool] = False
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

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import softplus

        part = values / theta
        return theta * softplus(part) - theta * (-part.abs()).exp().log1p()

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.abs() > theta

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {0.0: 0.5}
