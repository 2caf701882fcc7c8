"""Smaller steps where gradients were large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from clipviz.training.optimisers.base import (
    Group,
    Optimiser,
    OptimiserRecipe,
    coupled_decay_field,
    epsilon_field,
    number,
    rate_field,
)


class Adagrad(OptimiserRecipe):
    """Each weight's steps divided by the root of the sum of all its squared gradients so far.

    Steps only ever shrink, and one exploding gradient shrinks those of its weights for good: clip it. Duchi, Hazan
    and Singer, Adaptive Subgradient Methods, JMLR 12, 2011.
    """

    title: ClassVar[str] = "Adagrad"
    cancels: ClassVar[bool] = True

    learning_rate: float = rate_field(
        0.01, "Length of the first step of each weight.", 0.003, 0.01, 0.03, 0.1
    )
    weight_decay: float = coupled_decay_field()
    epsilon: float = epsilon_field(1e-10, "Added to the root of the sum of squares.")

    @classmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._steps import AdagradSteps

        decay, epsilon = (number(recipes, name, groups) for name in ("weight_decay", "epsilon"))
        return AdagradSteps(groups, decay, epsilon)
