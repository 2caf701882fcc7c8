"""Median plus and minus k robust deviations."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs._spaced import SpacedClamp
from clipviz.policies.policy import extra

GAUSSIAN = 1.4826
"""MAD times this is the standard deviation of a Gaussian."""


class MadClamp(SpacedClamp):
    """Clamp to median ± k robust deviations, the median of |x − median| being the measure.

    Where half of the rows share one value MAD is 0 and the clamp would erase the column: the deviations of the
    rows that differ from the median are used instead, and the bounds say so.
    """

    title: ClassVar[str] = "Median ± k MAD"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"lo, hi = \operatorname{med}(x) \mp k \cdot 1.4826 \cdot \operatorname{MAD}, \quad "
        r"\operatorname{MAD} = \operatorname{med}|x - \operatorname{med}(x)|"
    )
    use: ClassVar[str] = (
        "The most robust of the clamps: nearly half of the rows may be wild. On skewed columns it "
        "cuts the long tail harder than the short one."
    )
    reference: ClassVar[str] = "Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993."
    widest: ClassVar = {"k": 1000.0}

    k: float = Field(
        3.0,
        gt=0,
        le=1000,
        title="k",
        description="Half width of the allowed range.",
        json_schema_extra=extra("robust deviations", 2.0, 3.0, 3.5, 5.0),
    )

    def limits(self, values: NDArray[np.float64]) -> Bounds:
        median = float(np.median(values))
        deviations = values - median
        np.abs(deviations, out=deviations)
        mad, note = float(np.median(deviations)), ""
        if mad == 0:
            mad = float(np.median(deviations[deviations > 0]))
            note = "half of the rows share one value (MAD = 0): deviations of the others"
        reach = self.k * GAUSSIAN * mad
        return Bounds(median - reach, median + reach, note)
