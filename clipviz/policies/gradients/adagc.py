"""Each parameter's gradient, limited by its own usual norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, full, numbers, remember
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.policies.gradients._parts import Parts


class AdaGC(GradientClip):
    """Limit the gradient of each parameter tensor to a little more than the running average of its own norm.

    In the warm-up the whole gradient is clipped by its norm, and each tensor's average is the smallest clipped
    norm so far. The average takes in clipped norms only, so a limit grows by (1 − beta)(lambda − 1) a step at most:
    .1 % with the defaults, 694 steps to double. A gradient that is exactly zero says nothing about a tensor's usual
    norm and is left out: the published rule would freeze the tensor for good.
    """

    title: ClassVar[str] = "AdaGC"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g_t = g_t \cdot \min\left(1, \frac{\lambda \gamma_t}{\|g_t\|}\right), \quad "
        r"\gamma_t \leftarrow \beta \gamma_t + (1 - \beta) \|\hat g_t\| \text{, for each tensor } t"
    )
    gradient: ClassVar[str] = (
        r"\text{The direction is kept within a tensor, not between tensors; in the warm-up it is kept.}"
    )
    use: ClassVar[str] = (
        "Large models whose tensors spike one at a time; the limit follows each of them by itself."
    )
    reference: ClassVar[str] = (
        "Wang et al., AdaGC: Improving Training Stability for Large Language Model Pretraining, "
        "arXiv:2502.11034, 2025."
    )
    turns: ClassVar[bool] = True
    widest: ClassVar = {"relative": 1e6, "max_norm": 1e6}
    idempotent: ClassVar[bool] = False

    relative: float = Field(
        1.05,
        gt=0,
        le=1e6,
        title="Lambda",
        description="Largest norm of a tensor's gradient, as a multiple of its running average.",
        json_schema_extra=extra("average norm", 1.01, 1.05, 1.5, 2.0),
    )
    beta: float = Field(
        0.98,
        ge=0,
        lt=1,
        title="Beta",
        description="Memory of the running averages.",
        json_schema_extra=extra("", 0.9, 0.98, 0.99),
    )
    warmup: int = Field(
        100,
        ge=1,
        le=10_000,
        title="Warm-up",
        description="First steps, which are clipped by the norm of the whole gradient.",
        json_schema_extra=extra("steps", 20, 100, advanced=True),
    )
    max_norm: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest norm in the warm-up",
        description="The longest whole gradient that passes unchanged in the warm-up.",
        json_schema_extra=extra("gradient norm", 0.1, 1.0, 10.0, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._parts import Parts, PartsShortener

        parts = Parts([(1, spec.size) for spec in specs], weights.device)
        return PartsShortener(_OwnAverages(policies, parts, weights), parts, weights)


class _OwnAverages:
    def __init__(self, policies: Sequence[AdaGC], parts: Parts, weights: Tensor) -> None:
        self._relative = numbers(policies, "relative", weights).unsqueeze(1)  # (K, 1), as all here
        self._beta = numbers(policies, "beta", weights).unsqueeze(1)
        self._warmup = numbers(policies, "warmup", weights).unsqueeze(1)
        self._longest = numbers(policies, "max_norm", weights).unsqueeze(1)
        self._average = full(weights, float("inf"), parts.count)
        self._seen = full(weights, 0.0, 1)

    def state(self) -> dict[str, Tensor]:
        return {"average": self._average, "seen": self._seen}

    def bounds(self, norms: Tensor, before: Tensor, lost: Tensor) -> Tensor:
        warm = self._seen >= self._warmup
        early = norms * (self._longest / before.unsqueeze(1))
        bounds = (self._relative * self._average).where(warm, early)
        cut = norms.minimum(bounds)
        known = self._average.isfinite()
        later = (self._beta * self._average + (1 - self._beta) * cut).where(known, cut)
        fresh = later.where(warm, self._average.minimum(cut))
        remember(self._average, fresh.where(norms > 0, self._average), lost)
        remember(self._seen, self._seen + 1, lost)
        return bounds
