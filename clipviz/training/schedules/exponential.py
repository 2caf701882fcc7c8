"""A steady decay."""

from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.schedules.base import Memory, Schedule


class Exponential(Schedule):
    """Multiply the rate by the same number at every step, down to a share at the end: final^(step / steps)."""

    title: ClassVar[str] = "Exponential"

    final: float = Field(
        0.01,
        gt=0,
        le=1,
        title="At the end",
        description="Share of the rate that is left at the last step.",
        json_schema_extra=extra("share of the rate", 0.1, 0.01, 0.001),
    )

    def factor(self, step: int, total: int, memory: Memory) -> float:
        return float(self.final ** (step / total))
