"""Steps whose gradient is not finite, or too long, left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class SkipNonFinite(GradientClip):
    """Leave out a step whose gradient holds NaN or an infinity, or is longer than a fixed limit where one is set.

    Every gradient clip here leaves such steps out, and none ever multiplies by zero to do it (NaN · 0 is NaN);
    this one does nothing else. Nothing moves in such a step: a zero gradient instead would still move Adam, by
    momentum and decay. After so many long ones in a row one is taken; one that is not finite never is, and a run of
    a hundred of those ends as diverged.
    """

    title: ClassVar[str] = "Skip non-finite"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"\text{no step where some } g_i \text{ is NaN or } \pm\infty \text{, or } \|g\| > M"
    )
    gradient: ClassVar[str] = r"\text{Length and direction are kept, or the step is left out.}"
    use: ClassVar[str] = "With float16, where overflow is normal, and to see what leaving out alone does."
    reference: ClassVar[str] = (
        "Micikevicius et al., Mixed Precision Training, arXiv:1710.03740, 2017 (with float16)."
    )
    widest: ClassVar = {"max_norm": None}

    max_norm: float | None = Field(
        None,
        gt=0,
        le=1e6,
        title="Largest norm",
        description="M, a step with a longer gradient is left out too; empty for no limit.",
        json_schema_extra=extra("gradient norm", None, 1.0, 10.0, 100.0),
    )
    most_in_a_row: int = Field(
        8,
        ge=1,
        le=1_000_000,
        title="Most in a row",
        description="After so many long ones left out in a row one is taken.",
        json_schema_extra=extra("steps", 8, 100, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._skip import Skipper

        rule = _Longer(numbers(policies, "max_norm", weights))
        return Skipper(rule, numbers(policies, "most_in_a_row", weights), weights)


class _Longer:
    def __init__(self, limit: Tensor) -> None:
        self._limit = limit

    def beyond(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        return norm > self._limit, self._limit

    def state(self) -> dict[str, Tensor]:
        return {}
