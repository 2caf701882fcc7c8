"""No input clamp."""

from typing import ClassVar

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs.base import Groups, InputClamp


class NoClamp(InputClamp):
    """Leave the column as it is: the baseline that every other clamp is compared with."""

    title: ClassVar[str] = "None"
    traits: ClassVar = frozenset({"export"})
    formula: ClassVar[str] = "y = x"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1"
    use: ClassVar[str] = (
        "As the comparison: a clamp that is not better than this one is not worth its bounds."
    )
    reference: ClassVar[str] = "The plain column."
    widest: ClassVar = {}

    def fit(self, values: Floats, groups: Groups | None = None) -> Bounds:
        return Bounds()
