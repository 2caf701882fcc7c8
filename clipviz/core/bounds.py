"""Bounds: the numbers that a fitted input clamp holds, and what happens to a value beyond them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Action = Literal["clamp", "soft", "missing", "trim"]
Floats = NDArray[np.float64]
FAR = 40.0
"""Transition widths after which a soft bound is the bound itself, to float64: exp(-40) is 4e-18."""


@dataclass(frozen=True)
class Bounds:
    """lo, hi of one column; -inf or inf where a side is open. `note` says when a fallback was used.

    action: what becomes of a value beyond a bound. "clamp": it takes the bound. "soft": it comes near the bound,
        within `width` units of the column (0: at once, which is a clamp). "missing": it counts as missing. "trim":
        its row leaves the training rows; other rows keep their values.
    indicators: two columns of 0 and 1 tell the network which values were below, and which above.
    by, groups: (lo, hi) of each level of the category column `by`, in the order of its levels. Rows of an unseen or
        missing level take lo, hi.
    """

    lo: float = float("-inf")
    hi: float = float("inf")
    note: str = ""
    action: Action = "clamp"
    width: float = 0.0
    indicators: bool = False
    by: str = ""
    groups: tuple[tuple[float, float], ...] = ()

    @property
    def open(self) -> bool:
        """Whether no value whatever lies beyond."""
        return all(lo == -np.inf and hi == np.inf for lo, hi in ((self.lo, self.hi), *self.groups))

    @property
    def plain(self) -> bool:
        """Whether all rows share one pair of bounds, and a value beyond takes it."""
        return not self.groups and (self.action == "clamp" or (self.action == "soft" and not self.width))

    def limits(self, codes: NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
        """(lo, hi) of rows by the codes (N,) of their levels, -1 for none; shapes (), () where all share them."""
        if not self.groups or codes is None:
            return np.array(self.lo), np.array(self.hi)
        table = np.array([*self.groups, (self.lo, self.hi)])  # the last row, and thus -1, is for all others
        return table[codes, 0], table[codes, 1]

    def outside(
        self, values: Floats, codes: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which values (N,) lie below, and which above; infinities count, NaN does not."""
        lo, hi = self.limits(codes)
        return values < lo, values > hi

    def clamp(self, values: Floats, codes: NDArray[np.int64] | None = None) -> Floats:
        """Values (N,) as training meets them. NaN stays NaN, and stands for what became missing or was trimmed."""
        lo, hi = self.limits(codes)
        if self.action in ("missing", "trim"):
            return np.where((values < lo) | (values > hi), np.nan, values)
        if self.plain or not self.width:
            return np.minimum(np.maximum(values, lo), hi)
        return soft(values, lo, hi, self.width)


def soft(values: Floats, lo: Floats, hi: Floats, width: float | Floats) -> Floats:
    """lo + w softplus((x - lo) / w) - w softplus((x - hi) / w): the clamp, rounded off over w > 0 column units.

    Written as the clamp plus what rounds it, so that no two huge numbers are subtracted, and an open side vanishes.
    """
    near = np.minimum(np.maximum(values, lo - FAR * width), hi + FAR * width)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        rounding = np.log1p(np.exp(-np.abs(near - lo) / width)) - np.log1p(np.exp(-np.abs(near - hi) / width))
    eased = np.minimum(np.maximum(values, lo), hi) + np.where(np.isfinite(near), width * rounding, 0.0)
    return np.asarray(np.minimum(np.maximum(eased, lo), hi))
