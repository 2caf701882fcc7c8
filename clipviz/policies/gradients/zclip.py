"""The whole gradient, limited where its norm stands out by z deviations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, full, numbers, remember
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class ZClip(GradientClip):
    """Shorten gradients whose norm stands out from its running mean by more than z deviations.

    The further a norm stands out, the shorter it becomes: towards the mean itself. The mean and the variance take
    in the shortened norm, the variance around the new mean, so a spike hardly moves them. The first steps are only
    measured; there, and later too, the cap acts where there is one (the authors' code has 1, their README none).
    """

    title: ClassVar[str] = "ZClip"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"z = \frac{\|g\| - \mu}{\sigma + 10^{-6}}, \quad \text{where } z > z_t: "
        r"\|\hat g\| = \min\left(\mu + \frac{z_t^2 \sigma}{z}, cap\right)"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept.}"
    use: ClassVar[str] = "Long runs whose usual norm drifts, with spikes that stand far out; it fires rarely."
    reference: ClassVar[str] = (
        "Kumar, Owen, Roy Chowdhury and Güra, ZClip: Adaptive Spike Mitigation for LLM Pre-Training, "
        "arXiv:2504.02507, 2025."
    )
    widest: ClassVar = {"z": 1000.0, "max_norm": None}
    idempotent: ClassVar[bool] = False

    z: float = Field(
        2.5,
        gt=0,
        le=1000,
        title="Z threshold",
        description="From how many deviations above the mean on a norm is shortened.",
        json_schema_extra=extra("standard deviations", 2.0, 2.5, 3.0, 4.0),
    )
    alpha: float = Field(
        0.97,
        ge=0,
        lt=1,
        title="Alpha",
        description="Memory of the running mean and variance.",
        json_schema_extra=extra("", 0.9, 0.97, 0.99),
    )
    warmup: int = Field(
        25,
        ge=2,
        le=10_000,
        title="Warm-up",
        description="First steps, whose mean and variance start the running ones.",
        json_schema_extra=extra("steps", 25, 100, advanced=True),
    )
    max_norm: float | None = Field(
        None,
        gt=0,
        le=1e6,
        title="Cap",
        description="Largest norm whatever the deviations say; empty for none.",
        json_schema_extra=extra("gradient norm", None, 1.0, 10.0, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._shorten import Shortener

        return Shortener(_Deviations(policies, weights), weights)


class _Deviations:
    EPSILON = 1e-6

    def __init__(self, policies: Sequence[ZClip], weights: Tensor) -> None:
        self._z = numbers(policies, "z", weights)
        self._alpha = numbers(policies, "alpha", weights)
        self._warmup = numbers(policies, "warmup", weights)
        self._cap = numbers(policies, "max_norm", weights)
        self._mean, self._variance, self._seen = (full(weights, 0.0) for _ in range(3))

    def state(self) -> dict[str, Tensor]:
        return {"mean": self._mean, "variance": self._variance, "seen": self._seen}

    def bound(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        warm = self._seen >= self._warmup
        deviation = self._variance.sqrt()
        start = (self._mean + self._z * (deviation + self.EPSILON)).where(warm, float("inf"))
        z = (norm - self._mean) / (deviation + self.EPSILON)
        length = (self._mean + self._z * deviation * (self._z / z)).where(norm > start, norm)
        self._learn(length, warm, lost)
        return start.minimum(self._cap), length.minimum(self._cap)

    def _learn(self, norm: Tensor, warm: Tensor, lost: Tensor) -> None:
        """Running mean and variance; in the warm-up those of all norms so far, by Welford's recursion."""
        memory = self._alpha.where(warm, self._seen / (self._seen + 1))
        mean = memory * self._mean + (1 - memory) * norm
        apart = (norm - mean) * (norm - mean).where(warm, norm - self._mean)
        remember(self._variance, memory * self._variance + (1 - memory) * apart, lost)
        remember(self._mean, mean, lost)
        remember(self._seen, self._seen + 1, lost)
