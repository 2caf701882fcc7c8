"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.optimisers.base import (
    Group,
    Optimiser,
    OptimiserRecipe,
    coupled_decay_field,
    number,
    rate_field,
)


class SGD(OptimiserRecipe):
    """Steps along the gradient, with momentum: the length of a step is the length of the gradient.

    Here a gradient clip acts at once, as a smaller learning rate for that step: retune both together.
    Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum, 2013.
    """

    title: ClassVar[str] = "SGD"

    learning_rate: float = rate_field(
        0.01, "Length of a step, as a multiple of the gradient.", 0.003, 0.01, 0.03, 0.1, most=100
    )
    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is kept in the next one.",
        json_schema_extra=extra("", 0.0, 0.9, 0.99),
    )
    weight_decay: float = coupled_decay_field()

    @classmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._steps import SgdSteps

        decay, momentum = (number(recipes, name, groups) for name in ("weight_decay", "momentum"))
        return SgdSteps(groups, decay, momentum)
