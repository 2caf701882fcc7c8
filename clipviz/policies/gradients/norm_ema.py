"""The whole gradient, limited by a multiple of its usual norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, full, numbers, remember, shared
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.policies.gradients._history import Ordered


class NormAverageClip(GradientClip):
    """Limit the gradient's norm to k times its running average, spikes counted at what they were cut to.

    The first steps are not clipped; the median of their norms is where the average starts, so that an early spike
    does not lift it. Only cut norms enter, so the limit cannot run away: it grows by (1 − beta)(k − 1) a step at
    most. A floor keeps it from freezing a network whose gradients were zero for a while.
    """

    title: ClassVar[str] = "Running average of the norm"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g = g \cdot \min\left(1, \frac{M}{\|g\|}\right), \quad M = \max(k \mu, floor), \quad "
        r"\mu \leftarrow \beta \mu + (1 - \beta) \|\hat g\|"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept, the length is at most } M."
    use: ClassVar[str] = (
        "The plain adaptive choice: it fires on what stands out, whatever the scale of the gradients."
    )
    reference: ClassVar[str] = "clipviz's own; compare ZClip, which adds the spread of the norms."
    widest: ClassVar = {"factor": 1e6}
    idempotent: ClassVar[bool] = False

    factor: float = Field(
        2.0,
        ge=1,
        le=1e6,
        title="Factor",
        description="k, the limit as a multiple of the running average.",
        json_schema_extra=extra("average norm", 1.5, 2.0, 3.0),
    )
    beta: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Beta",
        description="Memory of the running average.",
        json_schema_extra=extra("", 0.9, 0.99, 0.999),
    )
    warmup: int = Field(
        20,
        ge=1,
        le=10_000,
        title="Warm-up",
        description="First steps, which are not clipped; the median of their norms starts the average.",
        json_schema_extra=extra("steps", 10, 20, 100, advanced=True),
    )
    floor: float = Field(
        1e-6,
        gt=0,
        le=1e6,
        title="Floor",
        description="Smallest limit.",
        json_schema_extra=extra("gradient norm", 1e-6, 1e-3, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._history import Ordered
        from clipviz.policies.gradients._shorten import Shortener

        first = Ordered(len(weights), shared(policies, "warmup"), weights.device)
        return Shortener(_Average(policies, first, weights), weights)


class _Average:
    def __init__(self, policies: Sequence[NormAverageClip], first: Ordered, weights: Tensor) -> None:
        self._first, self._length = first, policies[0].warmup
        self._factor = numbers(policies, "factor", weights)
        self._beta = numbers(policies, "beta", weights)
        self._floor = numbers(policies, "floor", weights)
        self._half = full(weights, 0.5)
        self._average = full(weights, float("inf"))

    def state(self) -> dict[str, Tensor]:
        return {**self._first.state(), "average": self._average}

    def bound(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        limit = (self._factor * self._average).maximum(self._floor)  # infinite in the warm-up
        early = self._first.count < self._length
        self._first.add(norm, lost | early.logical_not())
        warmed = self._first.count >= self._length
        fresh = self._first.quantile(self._half).where(warmed, float("inf"))
        later = self._beta * self._average + (1 - self._beta) * norm.minimum(limit)
        remember(self._average, fresh.where(early, later), lost)
        return limit, limit
