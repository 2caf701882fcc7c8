"""Steps of an even size."""

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
    epsilon_field,
    number,
    rate_field,
)


class RMSProp(OptimiserRecipe):
    """Each weight's steps divided by a running root mean square of its gradient.

    One exploding gradient makes small steps for as long as it is remembered. Tieleman and Hinton, Neural Networks
    for Machine Learning, lecture 6.5, 2012.
    """

    title: ClassVar[str] = "RMSProp"
    cancels: ClassVar[bool] = True

    learning_rate: float = rate_field(
        0.001, "Length of a typical step of each weight.", 0.0003, 0.001, 0.003, 0.01
    )
    memory: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Memory",
        description="Of the running average of the squared gradient.",
        json_schema_extra=extra("", 0.9, 0.99, 0.999, advanced=True),
    )
    momentum: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is kept in the next one.",
        json_schema_extra=extra("", 0.0, 0.9, advanced=True),
    )
    weight_decay: float = coupled_decay_field()
    epsilon: float = epsilon_field(1e-8, "Added to the root of the squared average.")

    @classmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._steps import RmsPropSteps

        decay, memory, momentum, epsilon = (
            number(recipes, name, groups) for name in ("weight_decay", "memory", "momentum", "epsilon")
        )
        return RmsPropSteps(groups, decay, memory, momentum, epsilon)
