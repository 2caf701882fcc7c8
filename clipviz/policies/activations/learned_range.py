"""Two hard bounds that the network learns, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import Knob, LearnedClip, quantile

if TYPE_CHECKING:
    from torch import Tensor


class LearnedRangeClip(LearnedClip):
    """Clamp to [lo, hi] with both learned: y = clamp(x, lo, hi), lo = m − softplus(a), hi = m + softplus(b).

    ∂y/∂x is 1 inside and at the bounds; ∂y/∂lo is 1 below lo, ∂y/∂hi is 1 above hi, 0 elsewhere, so that each
    bound learns from its own tail. The middle m moves both; lo < hi whatever the optimiser does. For skewed
    activations (after SiLU or GELU, or at the input). The start is ±start, or the two outer quantiles of one
    batch.

    After Esser et al. (LSQ), arXiv:1902.08153, 2020, and Choi et al. (PACT), arXiv:1805.06085, 2018.
    """

    title: ClassVar[str] = "Learned, lo and hi"
    thresholds: ClassVar[tuple[str, ...]] = ("lo", "hi")
    idempotent: ClassVar[bool] = True

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

    def formula(self, values: Tensor, *, lo: Tensor, hi: Tensor, **numbers: Any) -> Tensor:
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

    def beyond(self, values: Tensor, *, lo: Tensor, hi: Tensor, **numbers: Tensor) -> Tensor:
        return (values < lo) | (values > hi)

    def kinks(self, *, lo: float, hi: float, **thresholds: float) -> dict[float, float]:
        return {lo: 1.0, hi: 1.0}
