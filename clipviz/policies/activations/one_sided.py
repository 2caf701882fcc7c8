"""A learned ceiling for positive values only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedClip, quantile

if TYPE_CHECKING:
    from torch import Tensor


class OneSidedClip(LearnedClip):
    """Hold positive values at a learned theta and leave the others alone.

    The mask variant, m·min(x, theta) + (1 − m)·x with m = 1[x > 0], says the same, for theta is positive.
    Only values above theta inform it; the gradient passes at theta itself.
    """

    title: ClassVar[str] = "Learned, one-sided"
    formula: ClassVar[str] = r"y = \min(x, \theta)"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } x \le \theta \text{, else 0}; \quad "
        r"\frac{\partial y}{\partial \theta} = 1 \text{ for } x > \theta \text{, else 0}"
    )
    use: ClassVar[str] = (
        "For activations whose lower side carries meaning, such as those of GELU or leaky ReLU."
    )
    reference: ClassVar[str] = "After PACT: Choi et al., arXiv:1805.06085, 2018, without its lower bound."
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(max=theta)

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"theta": quantile(values, self.start_quantile)}

    @property
    def measured(self) -> str:
        return f"quantile {self.start_quantile:g} of h in one batch"

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values > theta

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {theta: 1.0}
