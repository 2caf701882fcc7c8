"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.optimisers.base import Group, Optimiser, OptimiserRecipe


class SGD(OptimiserRecipe):
    """Steps along the gradient, with momentum: the length of a step is the length of the gradient.

    Here a gradient clip acts at once, as a smaller learning rate for that step: retune both together.
    Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum, 2013.
    """

    title: ClassVar[str] = "SGD"

    learning_rate: float = Field(
        0.01,
        gt=0,
        le=100,
        title="Learning rate",
        description="Length of a step, as a multiple of the gradient.",
        json_schema_extra=extra("", 0.003, 0.01, 0.03, 0.1),
    )
    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is kept in the next one.",
        json_schema_extra=extra("", 0.0, 0.9, 0.99),
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Weight decay",
        description="Multiple of each weight added to its gradient after the clip; never on thresholds.",
        json_schema_extra=extra("", 0.0, 0.0001, 0.001),
    )

    def build(self, groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._steps import SgdSteps

        return SgdSteps(groups, self.learning_rate, self.weight_decay, self.momentum)
