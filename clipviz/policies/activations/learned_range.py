"""Two hard bounds that the network learns, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import Knob, LearnedClip, quantile

if TYPE_CHECKING:
    from torch import Tensor


class LearnedRangeClip(LearnedClip):
    """Clamp to [lo, hi] with both bounds learned.

    Each bound learns from its own tail, the middle m moves both, and lo never passes hi whatever the optimiser
    does. The start is ±start, or the two outer quantiles of one batch. The gradient passes at the bounds.
    """

    title: ClassVar[str] = "Learned, lo and hi"
    formula: ClassVar[str] = (
        r"y = \min(\max(x, lo), hi), \quad lo = m - \operatorname{softplus}(a), \; hi = m + "
        r"\operatorname{softplus}(b)"
    )
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } lo \le x \le hi; \quad \frac{\partial "
        r"y}{\partial lo} = 1 \text{ for } x < lo; \quad \frac{\partial y}{\partial hi} = 1 \text{ "
        r"for } x > hi; \quad \text{else 0}"
    )
    use: ClassVar[str] = "For values that lie to one side: after SiLU or GELU, or at the input."
    reference: ClassVar[str] = "After PACT: Choi et al., arXiv:1805.06085, 2018, with both sides learned."
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
    thresholds: ClassVar[tuple[str, ...]] = ("lo", "hi")

    def knobs(self) -> dict[str, Knob]:
        start = 1.0 if self.start is None else self.start
        return {
            "middle": Knob(0.0, learned=True, positive=False),
            "below": Knob(start, learned=True),
            "above": Knob(start, learned=True),
        }

    def arrange(self, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
        middle = numbers["middle"]
        return {"lo": middle - numbers["below"], "hi": middle + numbers["above"]}

    def apply(self, values: Tensor, lo: Tensor, hi: Tensor, **numbers: Any) -> Tensor:
        return values.clamp(lo, hi)

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        lo, hi = (
            quantile(values, 1 - self.start_quantile),
            quantile(values, self.start_quantile),
        )
        return {"middle": (lo + hi) / 2, "below": (hi - lo) / 2, "above": (hi - lo) / 2}

    @property
    def measured(self) -> str:
        return f"quantiles {1 - self.start_quantile:g} and {self.start_quantile:g} of h in one batch"

    def beyond(self, values: Tensor, lo: Tensor, hi: Tensor, **numbers: Any) -> Tensor:
        return (values < lo) | (values > hi)

    def kinks(self, lo: float, hi: float, **thresholds: Any) -> dict[float, float]:
        return {lo: 1.0, hi: 1.0}
