"""No change."""

from typing import ClassVar

from clipviz.training.schedules.base import Memory, Schedule


class Constant(Schedule):
    """The same learning rate from the first step to the last."""

    title: ClassVar[str] = "Constant"

    def factor(self, step: int, total: int, memory: Memory) -> float:
        return 1.0
