"""What every schedule is: the learning rate's factor as a function of the step, and of little else."""

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import Field

from clipviz.core.recipe import Part
from clipviz.policies.policy import extra

Memory = dict[str, float]
"""What a schedule remembers between evaluations; it goes into the checkpoint."""


class Schedule(Part, ABC):
    """The learning rate over a run, as a factor of the optimiser's own rate."""

    title: ClassVar[str]

    warmup: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="Warm-up",
        description="The rate rises in a line from near 0 over so many steps.",
        json_schema_extra=extra("steps", 0, 100, 500, advanced=True),
    )

    def rate(self, step: int, total: int, memory: Memory) -> float:
        """The factor of a step, counted from 0, in a run of `total` steps, warm-up included."""
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        return warm * self.factor(step, total, memory)

    @abstractmethod
    def factor(self, step: int, total: int, memory: Memory) -> float:
        """The factor of a step without the warm-up."""

    def saw(self, loss: float, memory: Memory) -> None:
        """Takes note of a validation loss; most shapes do not care."""
