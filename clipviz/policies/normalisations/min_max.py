"""A fixed range."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from clipviz.core.bounds import Floats
from clipviz.policies.normalisations.base import Normalisation, Scaling
from clipviz.policies.policy import extra


class MinMax(Normalisation):
    """Bring the least training value of every column to the lower end of a range and the greatest to the upper one.

    A column without spread becomes the range's lower end (0 in the middle of -1 … 1). Later values may lie beyond the
    range unless a clamp holds them.
    """

    title: ClassVar[str] = "Min-max"
    traits: ClassVar = frozenset({"fixed", "export"})
    formula: ClassVar[str] = r"y = \frac{x - \min(x)}{\max(x) - \min(x)}, \quad \text{or } 2 y - 1"
    use: ClassVar[str] = (
        "Bounded columns, or behind a clamp; without one a single wild value squeezes all others together."
    )
    reference: ClassVar[str] = "Han, Kamber and Pei, Data Mining: Concepts and Techniques, 2011."

    onto: Literal["0 … 1", "-1 … 1"] = Field(
        "0 … 1",
        title="Range",
        description="Where the least and the greatest training value land.",
        json_schema_extra=extra("", "0 … 1", "-1 … 1"),
    )

    def fit(self, values: Floats) -> Scaling:
        least, most = float(values.min()), float(values.max())
        half = (
            most / 2 - least / 2
        )  # halved first: two huge values may lie further apart than a number can say
        if half == 0:
            return Scaling(least, 1.0)
        if self.onto == "-1 … 1":
            return Scaling(least / 2 + most / 2, half)
        return Scaling(least, min(2 * half, float(np.finfo(np.float64).max)))
