"""Squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clipviz.core.recipe import Task
from clipviz.training.losses.base import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn


class SquaredError(Loss):
    """The mean of (prediction − target)² on standardised targets: it aims at the mean of the target.

    Its gradient grows with the error, so a single wild target can own a step: clip the gradient, clamp the
    target, or take Huber's loss.
    """

    title: ClassVar[str] = "Squared error"
    task: ClassVar[Task] = "regression"

    def build(self, goal: Tensor, classes: int) -> nn.Module:
        from torch import nn

        return nn.MSELoss()
