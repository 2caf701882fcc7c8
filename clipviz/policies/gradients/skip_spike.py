"""Steps whose gradient stands out, left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers, shared
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.policies.gradients._history import History


class SkipSpike(GradientClip):
    """Leave out a step whose gradient norm is more than k deviations from the mean of the norms before it.

    Nothing moves in such a step: neither weights nor the optimiser's memory nor decay. The norm enters the history
    all the same, so a change that stays is soon usual; and after so many steps in a row one is taken whatever its
    length. It begins to act when half of the window is full, at 20 steps at the earliest. OLMo looks at the loss
    too, and did look at both sides; a gradient that is short for once is rarely a fault.
    """

    title: ClassVar[str] = "Skip spikes"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"\text{no step where } \|g\| - \bar n > k s \text{, with mean } \bar n \text{ and deviation } s "
        r"\text{ of the last } N \text{ norms}"
    )
    gradient: ClassVar[str] = r"\text{Length and direction are kept, or the step is left out.}"
    use: ClassVar[str] = (
        "When a spike means a broken batch whose direction is worth nothing; else shorten it instead."
    )
    reference: ClassVar[str] = (
        "OLMo Team, 2 OLMo 2 Furious, arXiv:2501.00656, 2024, and OLMo-core's SkipStepOptimizer."
    )
    widest: ClassVar = {"k": 1000.0}
    idempotent: ClassVar[bool] = False

    k: float = Field(
        6.0,
        gt=0,
        le=1000,
        title="k",
        description="How far from the mean a norm may lie.",
        json_schema_extra=extra("standard deviations", 3.0, 6.0, 10.0),
    )
    sides: Literal["upper", "both"] = Field(
        "upper",
        title="Sides",
        description="Whether steps with unusually short gradients are left out too.",
        json_schema_extra=extra("", "upper", "both", advanced=True),
    )
    window: int = Field(
        128,
        ge=2,
        le=100_000,
        title="Window",
        description="N, over how many steps before this one the mean and the deviation are taken.",
        json_schema_extra=extra("steps", 64, 128, 512, advanced=True),
    )
    most_in_a_row: int = Field(
        8,
        ge=1,
        le=1_000_000,
        title="Most in a row",
        description="After so many steps left out in a row one is taken.",
        json_schema_extra=extra("steps", 8, 100, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._history import History
        from clipviz.policies.gradients._skip import Skipper

        history = History(len(weights), shared(policies, "window"), weights.device)
        rule = _Deviates(policies, history, weights)
        return Skipper(rule, numbers(policies, "most_in_a_row", weights), weights)


class _Deviates:
    def __init__(self, policies: Sequence[SkipSpike], history: History, weights: Tensor) -> None:
        self._k, self._history = numbers(policies, "k", weights), history
        self._both = shared(policies, "sides") == "both"
        self._enough = max(20, policies[0].window // 2) - 1
        self.state = history.state

    def beyond(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        mean, deviation = self._history.moments()
        room = (self._k * deviation).where(self._history.count >= self._enough, float("inf"))
        apart = norm - mean.nan_to_num(0.0)
        spike = (apart.abs() if self._both else apart) > room
        limit = mean.nan_to_num(0.0) + room
        self._history.add(norm, lost)
        return spike, limit
