"""What every loss is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Part, Task

if TYPE_CHECKING:
    from torch import Tensor, nn


class Loss(Part, ABC):
    """One number for how wrong a batch is. task: what it can judge."""

    title: ClassVar[str]
    task: ClassVar[Task]

    def check_task(self, task: Task) -> None:
        """Raises InvalidRecipe where the target is of the other kind."""
        if task != self.task:
            raise InvalidRecipe(
                f"The loss {self.title} is for {self.task}",
                f"a target of {task}",
                "Take another loss, or none: then it is what is usual for the target",
            )

    @abstractmethod
    def build(self, goal: Tensor, classes: int) -> nn.Module:
        """From outputs (B, O) float32 and goals to their mean loss ().

        goal: of all training rows, (N, 1) float32 standardised, or (N,) int64 below `classes`.
        """
