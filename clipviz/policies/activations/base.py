"""What every activation clip is. Written with tensor methods: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from pydantic import Field

from clipviz.policies.policy import Policy, extra

if TYPE_CHECKING:
    from torch import Tensor, nn

    from clipviz.policies.activations._threshold import Threshold


class ActivationClip(Policy, ABC):
    """Bounds on the values that leave a hidden layer, one threshold per layer."""

    @abstractmethod
    def build(self, channels: int) -> nn.Module:
        """A module for values (..., channels); it keeps shape and dtype."""


class ThresholdClip(ActivationClip):
    """A clip at ±theta; theta is a tensor of shape (1,), in the units of the layer's output."""

    @abstractmethod
    def apply(self, values: Tensor, theta: Tensor) -> Tensor:
        """Values of any shape, clipped at theta; differentiable in both."""

    @abstractmethod
    def knee(self) -> float:
        """A value counts as saturated where |value| > knee · theta."""

    @abstractmethod
    def build(self, channels: int) -> Threshold: ...


class LearnedClip(ThresholdClip):
    """A clip whose theta is learned: softplus(raw) + 1e-6, thus positive whatever the optimiser does."""

    start: float | None = Field(
        None,
        gt=1e-5,
        le=1e6,
        title="Start",
        description="First threshold of every layer; empty measures it on one batch of training rows.",
        json_schema_extra=extra("layer output", None, 1.0, 3.0, 6.0, advanced=True),
    )
    start_quantile: float = Field(
        0.999,
        gt=0,
        le=1,
        title="Start quantile",
        description="Where the start is measured: this quantile of |h| in one batch of training rows.",
        json_schema_extra=extra("share of values", 0.9, 0.99, 0.999, advanced=True),
    )
    threshold_rate: float = Field(
        1.0,
        gt=0,
        le=1000,
        title="Threshold rate",
        description="Learning rate of the thresholds, as a multiple of that of the weights.",
        json_schema_extra=extra("times", 0.1, 1.0, 10.0, advanced=True),
    )

    def build(self, channels: int) -> Threshold:
        from clipviz.policies.activations._threshold import Threshold

        return Threshold(self, 1.0 if self.start is None else self.start, learned=True)
