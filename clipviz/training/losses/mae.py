"""Absolute error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clipviz.core.recipe import Task
from clipviz.training.losses.base import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn


class AbsoluteError(Loss):
    """The mean of |prediction − target| on standardised targets: it aims at the median of the target.

    Its gradient is ±1 however large the error, so wild targets pull no harder than others.
    """

    title: ClassVar[str] = "Absolute error"
    task: ClassVar[Task] = "regression"

    def build(self, goal: Tensor, classes: int) -> nn.Module:
        from torch import nn

        return nn.L1Loss()
