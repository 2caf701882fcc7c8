"""Mean 0, deviation 1."""

from typing import ClassVar

from clipviz.core.bounds import Floats
from clipviz.core.moments import moments
from clipviz.policies.normalisations.base import Normalisation, Scaling


class ZScore(Normalisation):
    """Bring every column to mean 0 and standard deviation 1 over the training rows.

    The deviation divides by n. A column without spread becomes 0 throughout.
    """

    title: ClassVar[str] = "z-score"
    traits: ClassVar = frozenset({"fixed", "export"})
    formula: ClassVar[str] = r"y = \frac{x - \bar x}{s}, \quad s^2 = \frac{1}{n} \sum_i (x_i - \bar x)^2"
    use: ClassVar[str] = (
        "The default for columns of numbers. Behind a clamp its mean and deviation are not ruled by outliers."
    )
    reference: ClassVar[str] = "LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998."

    def fit(self, values: Floats) -> Scaling:
        found = moments(values)
        return Scaling(found.mean, found.std or 1.0)
