"""No input clamp."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs.base import InputClamp


class NoClamp(InputClamp):
    """Leave the column as it is: y = x, gradient 1 everywhere.

    The baseline that every other clamp is compared with.
    """

    title: ClassVar[str] = "None"

    def fit(self, values: NDArray[np.float64]) -> Bounds:
        return Bounds()
