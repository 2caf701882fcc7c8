"""Tukey's fences."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs._spaced import SpacedClamp
from clipviz.policies.policy import extra


class TukeyClamp(SpacedClamp):
    """Clamp to Tukey's fences, k interquartile ranges beyond the quartiles.

    k = 1.5 flags 0.7 % of Gaussian rows, k = 3 is "far out". Where half of the rows share one value the IQR is 0
    and the fences would erase the column (zero-inflated counts): they are then taken from the rows that differ
    from the median and widened to hold it; where those have no spread either the column is left open. The bounds
    say so.
    """

    title: ClassVar[str] = "Tukey fences"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = r"lo = Q_1 - k \cdot IQR, \quad hi = Q_3 + k \cdot IQR, \quad IQR = Q_3 - Q_1"
    use: ClassVar[str] = (
        "A good first choice for continuous columns: up to a quarter of the rows on each side may be "
        "wild without moving the fences."
    )
    reference: ClassVar[str] = "Tukey, Exploratory Data Analysis, 1977."
    widest: ClassVar = {"k": 1000.0}

    k: float = Field(
        1.5,
        gt=0,
        le=1000,
        title="k",
        description="Distance of the fences from the quartiles.",
        json_schema_extra=extra("interquartile ranges", 1.5, 2.2, 3.0),
    )

    def limits(self, values: NDArray[np.float64]) -> Bounds:
        lo, hi = self._fences(values)
        if lo < hi:
            return Bounds(lo, hi)
        median = float(np.median(values))
        lo, hi = self._fences(values[values != median])
        if lo == hi:
            return Bounds(note="half of the rows share one value and the others have no spread: left open")
        note = "half of the rows share one value (IQR = 0): fences of the others"
        return Bounds(min(lo, median), max(hi, median), note)

    def _fences(self, values: NDArray[np.float64]) -> tuple[float, float]:
        first, third = np.quantile(values, [0.25, 0.75])
        reach = self.k * (third - first)
        return float(first - reach), float(third + reach)
