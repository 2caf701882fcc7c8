"""A staircase."""

from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.schedules.base import Memory, Schedule


class Staircase(Schedule):
    """Drop the rate by the same factor a few times, at equal distances: drop^⌊step · (drops + 1) / steps⌋."""

    title: ClassVar[str] = "Steps"

    drop: float = Field(
        0.1,
        gt=0,
        lt=1,
        title="Factor of a drop",
        description="What the rate is multiplied by each time.",
        json_schema_extra=extra("", 0.1, 0.3, 0.5),
    )
    drops: int = Field(
        2,
        ge=1,
        le=100,
        title="Drops",
        description="How many drops, spread evenly over the run.",
        json_schema_extra=extra("", 1, 2, 4),
    )

    def factor(self, step: int, total: int, memory: Memory) -> float:
        return float(self.drop ** (step * (self.drops + 1) // total))
