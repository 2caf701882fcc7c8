"""Bounds that somebody knows."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs.base import OPEN, Groups, SidedClamp
from clipviz.policies.policy import extra


class FixedClamp(SidedClamp):
    """Clamp to limits that come from the domain, not from the data.

    Either limit may be left empty; both empty changes nothing. Nothing is learned from the rows, so nothing can
    leak from them.
    """

    title: ClassVar[str] = "Fixed limits"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = r"y = \min(\max(x, lo), hi)"
    use: ClassVar[str] = (
        "Where a value beyond the limit cannot be true: a share above 1, a negative price, an age of 300."
    )
    reference: ClassVar[str] = "Kuhn and Johnson, Feature Engineering and Selection, 2019."
    widest: ClassVar = {"lo": None, "hi": None}

    lo: float | None = Field(
        None,
        ge=-1e300,
        le=1e300,
        title="Lower limit",
        description="Smaller values become this; empty leaves the side open.",
        json_schema_extra=extra("column"),
    )
    hi: float | None = Field(
        None,
        ge=-1e300,
        le=1e300,
        title="Upper limit",
        description="Larger values become this; empty leaves the side open.",
        json_schema_extra=extra("column"),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lo is not None and self.hi is not None and not self.lo < self.hi:
            raise ValueError("the lower limit (lo) must be below the upper limit (hi)")
        return self

    def fit(self, values: Floats, groups: Groups | None = None) -> Bounds:
        known = Bounds(-OPEN if self.lo is None else self.lo, OPEN if self.hi is None else self.hi)
        return self.used(known, values)
