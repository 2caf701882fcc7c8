"""Bounds: the numbers that a fitted input clamp holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Bounds:
    """lo, hi of one column; -inf or inf where a side is open. `note` says when a fallback was used."""

    lo: float = float("-inf")
    hi: float = float("inf")
    note: str = ""

    def clamp(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (N,) limited to [lo, hi]; NaN stays NaN."""
        return np.minimum(np.maximum(values, self.lo), self.hi)
