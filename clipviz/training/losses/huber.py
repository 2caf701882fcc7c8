"""Squared near the target, absolute far from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.core.recipe import Task
from clipviz.policies.policy import extra
from clipviz.training.losses.base import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn


class Huber(Loss):
    """e² / 2 where |e| ≤ delta, delta·(|e| − delta / 2) beyond: the gradient of the squared error, clipped to ±delta.

    A clip of each row's gradient at the output, before the rows are averaged. Huber, Robust estimation of a
    location parameter, Annals of Mathematical Statistics 35, 1964.
    """

    title: ClassVar[str] = "Huber"
    task: ClassVar[Task] = "regression"

    delta: float = Field(
        1.0,
        gt=0,
        le=1000,
        title="Delta",
        description="Errors beyond this count linearly.",
        json_schema_extra=extra("standard deviations of the target", 0.5, 1.0, 1.345, 2.0),
    )

    def build(self, goal: Tensor, classes: int) -> nn.Module:
        from torch import nn

        return nn.HuberLoss(delta=self.delta)
