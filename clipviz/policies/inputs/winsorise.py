"""Winsorising by count."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs.base import FittedClamp
from clipviz.policies.policy import extra


class WinsoriseClamp(FittedClamp):
    """Let a counted number of the lowest and of the highest training values take the next one's value.

    int(lowest · n) of n values are moved up and int(highest · n) down, as scipy's winsorize counts them: the floating
    product is cut off, so that a share of 0.29 of 100 values moves 28. The bounds are values that occur in the column,
    which no interpolation invents. Where both bounds are the same value the column is left open, and they say so.
    """

    title: ClassVar[str] = "Winsorise by count"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"lo = x_{(1 + \lfloor lowest \cdot n \rfloor)}, \quad hi = x_{(n - \lfloor highest \cdot n \rfloor)}, \quad "
        r"x_{(1)} \le \dots \le x_{(n)}"
    )
    use: ClassVar[str] = (
        "Where the share of values that may move is a decision, and each bound must be a value that was measured."
    )
    reference: ClassVar[str] = "Dixon, Simplified Estimation from Censored Normal Samples, 1960."
    widest: ClassVar = {"lowest": 0.0, "highest": 0.0}

    lowest: float = Field(
        0.01,
        ge=0,
        lt=0.5,
        title="Lowest",
        description="This share of the values is moved up.",
        json_schema_extra=extra("share of rows", 0.0, 0.001, 0.01, 0.05),
    )
    highest: float = Field(
        0.01,
        ge=0,
        lt=0.5,
        title="Highest",
        description="This share of the values is moved down.",
        json_schema_extra=extra("share of rows", 0.0, 0.001, 0.01, 0.05),
    )

    @property
    def shares(self) -> tuple[float, float]:
        return self.lowest, 1 - self.highest

    def limits(self, values: Floats) -> Bounds:
        return self.limits_of_sorted(np.partition(values, self._ranks(len(values))))

    def limits_of_sorted(self, ordered: Floats) -> Bounds:
        low, high = self._ranks(len(ordered))
        if ordered[low] == ordered[high]:
            return Bounds(note="both bounds are the same value: left open")
        return Bounds(float(ordered[low]), float(ordered[high]))

    def _ranks(self, count: int) -> tuple[int, int]:
        return int(self.lowest * count), count - int(self.highest * count) - 1
