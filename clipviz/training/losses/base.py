"""What every loss is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from clipviz.core.recipe import Part, Task

if TYPE_CHECKING:
    from torch import Tensor, nn


class Loss(Part, ABC):
    """One number for how wrong a batch is. task: what it can judge."""

    title: ClassVar[str]
    task: ClassVar[Task]

    @abstractmethod
    def build(self, goal: Tensor, classes: int) -> nn.Module:
        """From outputs (B, O) float32 and goals to their mean loss ().

        goal: of all training rows, (N, 1) float32 standardised, or (N,) int64 below `classes`.
        """
