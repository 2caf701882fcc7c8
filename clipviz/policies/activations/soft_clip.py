"""A smooth clip with straight flanks, learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import Knob, LearnedSymmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

FAR = 30.0
"""Sharpness times distance beyond which a softplus is its straight line to within float32."""


class SoftClip(LearnedSymmetric):
    """Clamp to [−theta, theta] with rounded corners and a theta that is learned.

    Inside it is nearly the identity (slope tanh(β·theta / 2) in the middle, where tanh bends everything), it
    lies about ln 2 / β within each corner, and every value informs theta a little. The three gradients, in x,
    lo and hi, sum to 1. Computed as x + [sp(β(lo − x)) − sp(β(x − hi))] / β with x held near the bounds,
    which is the same and right for any x in float32; as it is usually written it says the wrong bound at x =
    1e8.
    """

    title: ClassVar[str] = "Learned, soft corners"
    formula: ClassVar[str] = (
        r"y = lo + \frac{\operatorname{sp}(\beta(x - lo)) - \operatorname{sp}(\beta(x - "
        r"hi))}{\beta}, \quad hi = -lo = \theta"
    )
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = \sigma(\beta(x + \theta)) - \sigma(\beta(x - \theta)); "
        r"\quad \frac{\partial y}{\partial \theta} = \sigma(\beta(x + \theta)) + \sigma(\beta(x - "
        r"\theta)) - 1"
    )
    use: ClassVar[str] = "Where values should pass straight and the bound should still be smooth and learn."
    reference: ClassVar[str] = "Klimek and Perelstein, arXiv:1810.11509, 2018 (the shape)."
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
    idempotent: ClassVar[bool] = False
    explicit: ClassVar[bool] = True

    sharpness: float = Field(
        5.0,
        ge=0.01,
        le=1000,
        title="Sharpness",
        description="β: how tight the corners are; the larger, the nearer to a hard clip.",
        json_schema_extra=extra("per layer output", 2.0, 5.0, 20.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return super().knobs() | {"sharpness": Knob(self.sharpness)}

    def apply(self, values: Tensor, theta: Tensor, sharpness: Tensor, **numbers: Any) -> Tensor:
        return _soft_clip(values, -theta, theta, sharpness)

    def ahead(
        self, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, sharpness: Tensor, **numbers: Any
    ) -> None:
        from clipviz.policies.activations._passes import soft_clip

        soft_clip(values, theta, sharpness, said, kept, FAR)

    def back(
        self,
        slope: Tensor,
        values: Tensor,
        said: Tensor,
        kept: Tensor,
        theta: Tensor,
        sharpness: Tensor,
        **numbers: Any,
    ) -> Tensor:
        from clipviz.policies.activations._passes import soft_clip_back

        return soft_clip_back(slope, said, kept, theta, sharpness)


def _soft_clip(values: Tensor, lo: Tensor, hi: Tensor, sharpness: Tensor) -> Tensor:
    from torch.nn.functional import softplus

    margin = FAR / sharpness
    near = values.clamp((lo - margin).detach(), (hi + margin).detach())
    below = softplus(sharpness * (lo - near), threshold=FAR + 10)
    above = softplus(sharpness * (near - hi), threshold=FAR + 10)
    return near + (below - above) / sharpness
