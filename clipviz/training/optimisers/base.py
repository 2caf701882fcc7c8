"""What every optimiser is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.core.recipe import Part

if TYPE_CHECKING:
    from torch.optim import Optimizer


class OptimiserRecipe(Part, ABC):
    """The fields of an optimiser."""

    title: ClassVar[str]
    learning_rate: float

    @abstractmethod
    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """A fused torch optimiser over groups of {"params", "rate", "decays"}.

        rate: multiple of the learning rate. decays: whether weight decay applies. The fused kernels read
        `found_inf`: at 1 a step changes neither weights nor state.
        """
