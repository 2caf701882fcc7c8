"""Adam with decoupled weight decay."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.optimisers.base import Group, Optimiser, OptimiserRecipe


class Adam(OptimiserRecipe):
    """Steps scaled by running averages of the gradient and its square, with decoupled weight decay.

    A constant factor on the gradient changes nothing here, so a gradient clip acts only through steps that
    stand out. Kingma and Ba, arXiv:1412.6980, 2014; Loshchilov and Hutter, arXiv:1711.05101, 2017.
    """

    title: ClassVar[str] = "Adam"

    learning_rate: float = Field(
        0.001,
        gt=0,
        le=10,
        title="Learning rate",
        description="Length of a typical step of each weight.",
        json_schema_extra=extra("", 0.0003, 0.001, 0.003, 0.01),
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Weight decay",
        description="Share of each weight taken off a step, times the learning rate; never on thresholds.",
        json_schema_extra=extra("", 0.0, 0.01, 0.1),
    )
    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        description="Memory of the running average of the gradient.",
        json_schema_extra=extra("", 0.8, 0.9, 0.95, advanced=True),
    )
    beta2: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        description="Memory of the running average of the squared gradient.",
        json_schema_extra=extra("", 0.95, 0.99, 0.999, advanced=True),
    )
    epsilon: float = Field(
        1e-8,
        gt=0,
        le=1,
        title="Epsilon",
        description="Added to the root of the squared average.",
        json_schema_extra=extra("", 1e-8, 1e-6, advanced=True),
    )

    def build(self, groups: list[Group]) -> Optimiser:
        from clipviz.training.optimisers._steps import AdamSteps

        return AdamSteps(
            groups, self.learning_rate, self.weight_decay, (self.beta1, self.beta2), self.epsilon
        )
