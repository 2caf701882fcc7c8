"""Winsorising at two quantiles."""

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs.base import FittedClamp
from clipviz.policies.order_statistics import quantile_of_sorted
from clipviz.policies.policy import extra


class QuantileClamp(FittedClamp):
    """Clamp to a lower and an upper quantile of the training rows (winsorising, with linear interpolation).

    About (1 − upper) + lower of the training rows are touched, outliers or not. It differs from scipy's
    count-based winsorize. Where both quantiles are the same value (a column of nearly all zeros) the clamp would
    erase the column: it is left open, and the bounds say so.
    """

    title: ClassVar[str] = "Quantiles"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = r"lo = Q_{lower}(x), \quad hi = Q_{upper}(x)"
    use: ClassVar[str] = (
        "When the shape is unknown: it says plainly how much it touches, and touches it even where "
        "nothing is wrong."
    )
    reference: ClassVar[str] = (
        "Tukey, The Future of Data Analysis, Annals of Mathematical Statistics 33, 1962."
    )
    widest: ClassVar = {"lower": 0.0, "upper": 1.0}

    lower: float = Field(
        0.01,
        ge=0,
        lt=1,
        title="Lower quantile",
        description="Smaller values become the value at this share of the rows.",
        json_schema_extra=extra("share of rows", 0.0, 0.001, 0.01, 0.05),
    )
    upper: float = Field(
        0.99,
        gt=0,
        le=1,
        title="Upper quantile",
        description="Larger values become the value at this share of the rows.",
        json_schema_extra=extra("share of rows", 0.95, 0.99, 0.999, 1.0),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lower < self.upper:
            raise ValueError("the lower quantile (lower) must be below the upper one (upper)")
        return self

    @property
    def shares(self) -> tuple[float, float]:
        return self.lower, self.upper

    def limits(self, values: NDArray[np.float64]) -> Bounds:
        lo, hi = np.quantile(values, [self.lower, self.upper])
        return _bounds(float(lo), float(hi))

    def limits_of_sorted(self, ordered: NDArray[np.float64]) -> Bounds:
        return _bounds(quantile_of_sorted(ordered, self.lower), quantile_of_sorted(ordered, self.upper))


def _bounds(lo: float, hi: float) -> Bounds:
    return Bounds(lo, hi) if lo != hi else Bounds(note="both quantiles are the same value: left open")
