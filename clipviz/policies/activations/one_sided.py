"""A learned ceiling for positive values only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedClip, quantile

if TYPE_CHECKING:
    from torch import Tensor


class OneSidedClip(LearnedClip):
    """Hold positive values at a learned theta and leave the others alone: y = min(x, theta).

    The mask variant, m·min(x, theta) + (1 − m)·x with m = 1[x > 0], says the same, for theta is positive.
    ∂y/∂x is 1 up to and at theta, 0 above; ∂y/∂theta is 1 above, 0 elsewhere: only values above theta inform
    it, and all of them pull the same way. For activations whose lower side carries meaning, such as GELU's.

    After PACT: Choi et al., arXiv:1805.06085, 2018, without its lower bound.
    """

    title: ClassVar[str] = "Learned, one-sided"
    idempotent: ClassVar[bool] = True

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(max=theta)

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"theta": quantile(values, self.start_quantile)}

    @property
    def measured(self) -> str:
        return f"quantile {self.start_quantile:g} of h in one batch"

    def beyond(self, values: Tensor, *, theta: Tensor, **numbers: Tensor) -> Tensor:
        return values > theta

    def kinks(self, *, theta: float, **thresholds: float) -> dict[float, float]:
        return {theta: 1.0}
