"""Median 0, interquartile range 1."""

from typing import ClassVar

import numpy as np

from clipviz.core.bounds import Floats
from clipviz.core.moments import moments
from clipviz.policies.normalisations.base import Normalisation, Scaling


class Robust(Normalisation):
    """Bring every column to median 0 and interquartile range 1 over the training rows.

    Where half of the rows share one value the range is 0: the standard deviation is used instead, and the run says so.
    """

    title: ClassVar[str] = "Robust (median, IQR)"
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    formula: ClassVar[str] = r"y = \frac{x - \operatorname{med}(x)}{Q_3 - Q_1}"
    use: ClassVar[str] = (
        "Columns whose outliers are to stay visible but must not decide how far apart ordinary values lie."
    )
    reference: ClassVar[str] = "Huber and Ronchetti, Robust Statistics, 2009."

    def fit(self, values: Floats) -> Scaling:
        halves = np.quantile(values / 2, [0.25, 0.5, 0.75])
        reach = float(2 * min(halves[2] - halves[0], np.finfo(np.float64).max / 2))
        middle = float(2 * halves[1])
        if reach > 0:
            return Scaling(middle, reach)
        spread = moments(values).std
        note = "half of the rows share one value (IQR = 0): scaled by the standard deviation"
        return Scaling(middle, spread, note) if spread > 0 else Scaling(middle, 1.0)
