"""Up, then far down."""

import math
from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.schedules.base import Memory, Schedule


class OneCycle(Schedule):
    """Rise along a cosine from rate / divisor to the rate, then fall along one to 1e-4 of the start.

    The optimiser's rate is the peak. Only the rate cycles: the momentum stays as it is. Smith and Topin,
    Super-convergence, arXiv:1708.07120, 2017 (with the shape of torch's OneCycleLR).
    """

    title: ClassVar[str] = "One cycle"

    rise: float = Field(
        0.3,
        gt=0,
        lt=1,
        title="Rising share",
        description="Share of the run in which the rate rises.",
        json_schema_extra=extra("share of steps", 0.1, 0.3, 0.5),
    )
    divisor: float = Field(
        25.0,
        ge=1,
        le=1e6,
        title="Divisor",
        description="The rate starts at its peak over this.",
        json_schema_extra=extra("", 10.0, 25.0, 100.0, advanced=True),
    )

    def factor(self, step: int, total: int, memory: Memory) -> float:
        low = 1 / self.divisor
        peak = self.rise * total - 1
        if step <= peak:
            return _glide(low, 1.0, step / peak if peak > 0 else 1.0)
        return _glide(1.0, low * 1e-4, min(1.0, (step - peak) / max(total - 1 - peak, 1e-9)))


def _glide(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
