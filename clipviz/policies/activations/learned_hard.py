"""A hard bound that the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clipviz.policies.activations.base import LearnedClip

if TYPE_CHECKING:
    from torch import Tensor


class LearnedHardClip(LearnedClip):
    """Clamp each layer's output to [−theta, theta] with a learned theta: y = clamp(x, −theta, theta).

    ∂y/∂x is 1 inside and at the bounds, 0 beyond; ∂y/∂theta is sign(x) beyond, 0 inside: only saturated
    values inform theta, so one that starts above every value never moves. It starts at a high quantile of |x|
    on one batch. Values inside pass untouched. theta stays positive through softplus.

    After PACT: Choi et al., arXiv:1805.06085, 2018 (theta there bounds one side and carries a penalty).
    """

    title: ClassVar[str] = "Learned, hard"

    def apply(self, values: Tensor, theta: Tensor) -> Tensor:
        return values.clamp(-theta, theta)

    def knee(self) -> float:
        return 1.0
