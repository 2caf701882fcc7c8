"""A hard bound that the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedSymmetric

if TYPE_CHECKING:
    from torch import Tensor


class LearnedHardClip(LearnedSymmetric):
    """Clamp each layer's output to [−theta, theta] with a theta that is learned.

    Only saturated values inform theta, so one that starts above every value never moves: it starts at a high
    quantile of |x| on one batch. Values inside pass untouched. theta stays positive through softplus.
    """

    title: ClassVar[str] = "Learned, hard"
    formula: ClassVar[str] = r"y = \min(\max(x, -\theta), \theta)"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } |x| \le \theta \text{, else 0}; \quad "
        r"\frac{\partial y}{\partial \theta} = \operatorname{sign}(x) \text{ for } |x| > \theta "
        r"\text{, else 0}"
    )
    use: ClassVar[str] = "Where ordinary values must pass unchanged and the network should find the bound."
    reference: ClassVar[str] = (
        "After PACT: Choi et al., arXiv:1805.06085, 2018 (there one-sided and with a penalty)."
    )
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
    explicit: ClassVar[bool] = True

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(-theta, theta)

    def ahead(self, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import clamp

        clamp(values, theta, said)

    def back(
        self, slope: Tensor, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any
    ) -> Tensor:
        from clipviz.policies.activations._passes import clamp_back_to_theta

        return clamp_back_to_theta(slope, values, said, kept, theta)

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {-theta: 1.0, theta: 1.0}
