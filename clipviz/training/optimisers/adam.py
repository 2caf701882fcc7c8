"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from clipviz.training.optimisers.base import (
    Group,
    Optimiser,
    OptimiserRecipe,
    beta1_field,
    beta2_field,
    coupled_decay_field,
    epsilon_field,
    number,
    rate_field,
)


class Adam(OptimiserRecipe):
    """Steps scaled by running averages of the gradient and its square.

    A constant factor on the gradient changes nothing here, so a gradient clip acts only through steps that
    stand out. Weight decay is part of the gradient, so it is scaled along: AdamW's is not. Kingma and Ba,
    arXiv:1412.6980, 2014.
    """

    title: ClassVar[str] = "Adam"
    cancels: ClassVar[bool] = True

    learning_rate: float = rate_field(
        0.001, "Length of a typical step of each weight.", 0.0003, 0.001, 0.003, 0.01
    )
    weight_decay: float = coupled_decay_field()
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    epsilon: float = epsilon_field(1e-8, "Added to the root of the squared average.")

    @classmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._adam_steps import AdamSteps

        decay, beta1, beta2, epsilon = (
            number(recipes, name, groups) for name in ("weight_decay", "beta1", "beta2", "epsilon")
        )
        return AdamSteps(groups, decay, (beta1, beta2), epsilon, decoupled=False)
