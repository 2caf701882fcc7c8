"""Median minus and plus k robust deviations of either side's own."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs._spaced import SpacedClamp
from clipviz.policies.inputs.mad import GAUSSIAN
from clipviz.policies.policy import extra


class DoubleMadClamp(SpacedClamp):
    """Clamp to the median minus k robust deviations of the lower half and plus k of the upper half.

    Both halves hold the values that equal the median. Where the median of a half's deviations is 0 those of its
    values that differ from the median are used instead; where none differs that side is left open. The bounds say
    so.
    """

    title: ClassVar[str] = "Median ± k double MAD"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"lo = m - k \cdot 1.4826 \cdot \operatorname{med}_{x \le m}(m - x), \quad "
        r"hi = m + k \cdot 1.4826 \cdot \operatorname{med}_{x \ge m}(x - m), \quad m = \operatorname{med}(x)"
    )
    use: ClassVar[str] = (
        "Skewed columns: each side is measured by its own spread, so that a long tail is not cut for being long."
    )
    reference: ClassVar[str] = (
        "Rosenmai, Using the Median Absolute Deviation to Find Outliers, eurekastatistics.com, 2013."
    )
    widest: ClassVar = {"k": 1000.0}

    k: float = Field(
        3.0,
        gt=0,
        le=1000,
        title="k",
        description="Distance of each bound from the median.",
        json_schema_extra=extra("robust deviations of that side", 2.0, 3.0, 3.5, 5.0),
    )

    def limits(self, values: Floats) -> Bounds:
        median = float(np.median(values))
        (left, said), (right, other) = (
            _deviation(median - values[values <= median], "below"),
            _deviation(values[values >= median] - median, "above"),
        )
        reach = self.k * GAUSSIAN
        note = "; ".join(filter(None, (said, other)))
        return Bounds(median - reach * left, median + reach * right, note)


def _deviation(distances: Floats, side: str) -> tuple[float, str]:
    """Median of the distances (N,) >= 0 of one side, and what had to be done to get one that is not 0."""
    middle = float(np.median(distances))
    if middle > 0:
        return middle, ""
    others = distances[distances > 0]
    if not len(others):
        return float("inf"), f"no value lies {side} the median: that side is left open"
    return float(np.median(others)), f"MAD {side} the median is 0: deviations of the others"
