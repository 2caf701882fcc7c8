"""A hard bound that the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedSymmetric

if TYPE_CHECKING:
    from torch import Tensor


class LearnedHardClip(LearnedSymmetric):
    """Clamp each layer's output to [−theta, theta] with a learned theta: y = clamp(x, −theta, theta).

    ∂y/∂x is 1 inside and at the bounds, 0 beyond; ∂y/∂theta is sign(x) beyond, 0 inside: only saturated
    values inform theta, so one that starts above every value never moves. It starts at a high quantile of |x|
    on one batch. Values inside pass untouched. theta stays positive through softplus.

    After PACT: Choi et al., arXiv:1805.06085, 2018 (theta there bounds one side and carries a penalty).
    """

    title: ClassVar[str] = "Learned, hard"
    idempotent: ClassVar[bool] = True

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(-theta, theta)

    def kinks(self, *, theta: float, **thresholds: float) -> dict[float, float]:
        return {-theta: 1.0, theta: 1.0}
