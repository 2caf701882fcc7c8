"""A half wave."""

import math
from typing import ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.schedules.base import Memory, Schedule


class Cosine(Schedule):
    """Fall along half a cosine: f + (1 − f)(1 + cos(π · step / steps)) / 2.

    Loshchilov and Hutter, SGDR, arXiv:1608.03983, 2016, without restarts.
    """

    title: ClassVar[str] = "Cosine"

    final: float = Field(
        0.0,
        ge=0,
        le=1,
        title="At the end",
        description="f, the share of the rate that is left at the last step.",
        json_schema_extra=extra("share of the rate", 0.0, 0.01, 0.1),
    )

    def factor(self, step: int, total: int, memory: Memory) -> float:
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * step / total)) / 2
