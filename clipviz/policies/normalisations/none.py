"""No normalisation."""

from typing import ClassVar

from clipviz.core.bounds import Floats
from clipviz.policies.normalisations.base import Normalisation, Scaling


class NoNormalisation(Normalisation):
    """Leave every column in its own units.

    Columns of large numbers then drown the others, and values beyond 3.4e38 are infinite to the network.
    """

    title: ClassVar[str] = "None"
    traits: ClassVar = frozenset({"export"})
    formula: ClassVar[str] = "y = x"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1"
    use: ClassVar[str] = (
        "Columns that share one unit and lie near 1 already, or to see what normalising is worth."
    )
    reference: ClassVar[str] = "The plain column."
    widest: ClassVar = {}

    def fit(self, values: Floats) -> Scaling:
        return Scaling(0.0, 1.0)
