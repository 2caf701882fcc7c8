"""What every input clamp is."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clipviz.core.bounds import Bounds
from clipviz.policies.policy import Policy, extra

OPEN = float("inf")


class InputClamp(Policy, ABC):
    """y = min(max(x, lo), hi): gradient 1 inside [lo, hi], 0 outside; NaN stays NaN, infinities land on a
    bound.
    """

    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } lo \le x \le hi \text{, 0 outside and at NaN}"
    )

    @abstractmethod
    def fit(self, values: NDArray[np.float64]) -> Bounds:
        """Bounds from the training rows (N,) of one column; NaN and infinities are left out."""


class FittedClamp(InputClamp):
    """A clamp whose bounds come from the values and whose sides can be opened."""

    sides: Literal["both", "upper", "lower"] = Field(
        "both",
        title="Sides",
        description="Which tails to clamp; the other side stays open.",
        json_schema_extra=extra("", "both", "upper", "lower"),
    )

    def fit(self, values: NDArray[np.float64]) -> Bounds:
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return Bounds(note="no finite value in the training rows: left open")
        if finite.min() == finite.max():
            return Bounds(note="every finite value is the same: left open")
        # By a power of two, thus exactly, and no further than needed for multiples of huge or tiny values to
        # stay in range: beside a huge sentinel ordinary values must not become the same.
        size = int(np.frexp(np.abs(finite).max())[1])
        exponent = size - min(max(size, -1000), 1000)
        found = self.limits(np.ldexp(finite, -exponent))
        with np.errstate(over="ignore"):
            return self.opened(
                float(np.ldexp(found.lo, exponent)), float(np.ldexp(found.hi, exponent)), found.note
            )

    @abstractmethod
    def limits(self, values: NDArray[np.float64]) -> Bounds:
        """Both bounds of at least two different finite values, the largest of size 2**-1000 to 2**1000; must not
        depend on their scale.
        """

    def opened(self, lo: float, hi: float, note: str = "") -> Bounds:
        """The bounds with the sides opened that this policy leaves alone."""
        return Bounds(lo if self.sides != "upper" else -OPEN, hi if self.sides != "lower" else OPEN, note)
