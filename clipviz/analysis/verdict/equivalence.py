"""No difference that matters: two one-sided tests against a margin that was set beforehand."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Equivalence:
    """margin: the largest difference, in the metric's unit, that does not matter. p: the larger of the two."""

    margin: float
    p: float

    def holds(self, level: float = 0.05) -> bool:
        return self.p <= level


def equivalence(differences: NDArray[np.float64], margin: float) -> Equivalence:
    """Whether the mean of differences (n,) lies within +-margin: p <= .05 just where the 90 % interval does.

    "Not significant" is not this. NaN for fewer than two differences or a margin that is not above 0.
    Schuirmann, A comparison of the two one-sided tests procedure and the power approach, 1987.
    """
    from scipy import stats

    n = len(differences)
    if n < 2 or not margin > 0:
        return Equivalence(margin, math.nan)
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / math.sqrt(n)
    if error == 0:
        return Equivalence(margin, 0.0 if abs(mean) < margin else 1.0)
    above = float(stats.t.sf((mean + margin) / error, n - 1))
    below = float(stats.t.cdf((mean - margin) / error, n - 1))
    return Equivalence(margin, max(above, below))
