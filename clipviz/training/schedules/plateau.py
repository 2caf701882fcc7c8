"""Slower when nothing gets better."""

import math
from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.schedules.base import Memory, Schedule


class Plateau(Schedule):
    """Multiply the rate by a factor whenever the validation loss has not become better for a while.

    Better means lower by at least one part in ten thousand, as in torch's ReduceLROnPlateau.
    """

    title: ClassVar[str] = "On a plateau"

    drop: float = Field(
        0.3,
        gt=0,
        lt=1,
        title="Factor of a drop",
        description="What the rate is multiplied by each time.",
        json_schema_extra=extra("", 0.1, 0.3, 0.5),
    )
    patience: int = Field(
        5,
        ge=0,
        le=100_000,
        title="Patience",
        description="Evaluations without a better loss that are let pass before a drop.",
        json_schema_extra=extra("evaluations", 2, 5, 10),
    )

    def factor(self, step: int, total: int, memory: Memory) -> float:
        return memory.get("factor", 1.0)

    def saw(self, loss: float, memory: Memory) -> None:
        if loss < memory.get("best", math.inf) * (1 - 1e-4):
            memory["best"], memory["waited"] = loss, 0.0
            return
        memory["waited"] = memory.get("waited", 0.0) + 1
        if memory["waited"] > self.patience:
            memory["factor"], memory["waited"] = memory.get("factor", 1.0) * self.drop, 0.0
