"""Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.optimisers.base import (
    Group,
    Optimiser,
    OptimiserRecipe,
    beta1_field,
    beta2_field,
    epsilon_field,
    number,
    rate_field,
)


class AdamW(OptimiserRecipe):
    """Adam whose weights decay by themselves, at the same pace whatever their gradients are.

    Neither the running averages nor a gradient clip see the decay. Loshchilov and Hutter, Decoupled Weight Decay
    Regularization, arXiv:1711.05101, 2017.
    """

    title: ClassVar[str] = "AdamW"
    cancels: ClassVar[bool] = True

    learning_rate: float = rate_field(
        0.001, "Length of a typical step of each weight.", 0.0003, 0.001, 0.003, 0.01
    )
    weight_decay: float = Field(
        0.01,
        ge=0,
        le=10,
        title="Weight decay",
        description="Share of each weight taken off a step, times the learning rate; never on thresholds.",
        json_schema_extra=extra("", 0.0, 0.01, 0.1),
    )
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    epsilon: float = epsilon_field(1e-8, "Added to the root of the squared average.")

    @classmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._adam_steps import AdamSteps

        decay, beta1, beta2, epsilon = (
            number(recipes, name, groups) for name in ("weight_decay", "beta1", "beta2", "epsilon")
        )
        return AdamSteps(groups, decay, (beta1, beta2), epsilon, decoupled=True)
