"""Mean plus and minus k standard deviations."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clipviz.core.bounds import Bounds
from clipviz.core.moments import moments
from clipviz.policies.inputs._spaced import SpacedClamp
from clipviz.policies.policy import extra


class SigmaClamp(SpacedClamp):
    """Clamp to mean ± k standard deviations.

    Its weak spot is masking: the outliers inflate the deviation that should catch them. No value of n can lie
    further than (n−1)/√n deviations from the mean (ddof 1; √(n−1) with ddof 0), so k = 3 never fires in ten rows
    or fewer; the fitted bounds say so.
    """

    title: ClassVar[str] = "Mean ± k sigma"
    traits: ClassVar = frozenset({"fixed", "export"})
    formula: ClassVar[str] = (
        r"lo, hi = \bar x \mp k s, \quad s^2 = \frac{1}{n - ddof} \sum_i (x_i - \bar x)^2"
    )
    use: ClassVar[str] = (
        "Columns close to Gaussian with a few extreme values; prefer MAD or Tukey where the tails are heavy."
    )
    reference: ClassVar[str] = "Barnett and Lewis, Outliers in Statistical Data, 1994."
    widest: ClassVar = {"k": 1000.0}

    k: float = Field(
        3.0,
        gt=0,
        le=1000,
        title="k",
        description="Half width of the allowed range.",
        json_schema_extra=extra("standard deviations", 2.0, 3.0, 4.0, 6.0),
    )
    ddof: Literal[0, 1] = Field(
        1,
        title="Degrees of freedom taken off",
        description="1 divides by n−1 (torch.std, the sample deviation), 0 by n (numpy.std).",
        json_schema_extra=extra("", 1, 0, advanced=True),
    )

    def limits(self, values: NDArray[np.float64]) -> Bounds:
        found, rows = moments(values), values.size
        reach = self.k * found.std * np.sqrt(rows / (rows - self.ddof))
        furthest = (rows - 1) / np.sqrt(rows) if self.ddof else np.sqrt(rows - 1)
        masked = (
            f"k = {self.k:g} cannot fire in {rows} rows: no value can lie that far out"
            if self.k >= furthest
            else ""
        )
        return Bounds(float(found.mean - reach), float(found.mean + reach), masked)
