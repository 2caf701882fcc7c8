"""The range of the training rows."""

from typing import ClassVar

from pydantic import Field

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs.base import FittedClamp
from clipviz.policies.policy import extra


class TrainingRangeClamp(FittedClamp):
    """Clamp to the least and the greatest value of the training rows.

    No training value moves, so training is as without a clamp; a later row cannot take the network further out than
    it has ever seen. One wild training value opens the range for all.
    """

    title: ClassVar[str] = "Training range"
    traits: ClassVar = frozenset({"fixed", "export"})
    formula: ClassVar[str] = (
        r"lo = \min(x) - m\,(\max(x) - \min(x)), \quad hi = \max(x) + m\,(\max(x) - \min(x))"
    )
    use: ClassVar[str] = (
        "As a guard for later rows where the training rows are clean; it is no remedy for wild training rows."
    )
    reference: ClassVar[str] = (
        "David and Nagaraja, Order Statistics, 2003, on the least and the greatest of a sample."
    )
    widest: ClassVar = {}

    margin: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Margin m",
        description="How much further the bounds lie out, as a share of the range.",
        json_schema_extra=extra("ranges", 0.0, 0.1, 0.5),
    )

    @property
    def shares(self) -> tuple[float, float]:
        return 0.0, 1.0

    def limits(self, values: Floats) -> Bounds:
        least, most = float(values.min()), float(values.max())
        reach = self.margin * (most - least)
        return Bounds(least - reach, most + reach)

    def limits_of_sorted(self, ordered: Floats) -> Bounds:
        return self.limits(ordered[[0, -1]])
