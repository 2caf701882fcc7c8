"""A clamp whose rule can be set in a space where a skewed column looks more symmetric."""

from dataclasses import replace

import numpy as np
from pydantic import Field

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs import _spaces
from clipviz.policies.inputs.base import FittedClamp
from clipviz.policies.policy import extra


class SpacedClamp(FittedClamp):
    """A rule that measures distances: in raw units, or behind log1p, Box-Cox or Yeo-Johnson and taken back.

    Box and Cox, An Analysis of Transformations, 1964. Yeo and Johnson, A New Family of Power Transformations, 2000.
    """

    space: _spaces.Name = Field(
        "raw",
        title="Measured in",
        description="raw: the column's units. log1p (values above -1), box_cox (above 0) and yeo_johnson (any): limits "
        "are set where the column looks more symmetric, and taken back. Where it cannot be, raw is used, and the "
        "bounds say so.",
        json_schema_extra=extra("", "raw", "log1p", "box_cox", "yeo_johnson"),
    )

    def spread(self, finite: Floats) -> Bounds:
        if self.space == "raw":
            return super().spread(finite)
        found = _spaces.find(self.space, finite)
        if isinstance(found, str):
            return _noted(super().spread(finite), found)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            there = found.forward(finite)
        if not np.isfinite(there).all() or there.min() == there.max():
            return _noted(super().spread(finite), f"no spread in {self.space} space: limits in raw units")
        inside = super().spread(there)
        lo = found.inverse(inside.lo) if inside.lo > -np.inf else -np.inf
        hi = found.inverse(inside.hi) if inside.hi < np.inf else np.inf
        if not lo < hi:
            return _noted(super().spread(finite), f"no spread in {self.space} space: limits in raw units")
        return _noted(replace(inside, lo=lo, hi=hi), f"{found.note}{_out_of_reach(inside, lo, hi)}")


def _out_of_reach(inside: Bounds, lo: float, hi: float) -> str:
    """Says which side has a limit there that no value of the column's units lands on."""
    sides = [
        side
        for side, there, back in (("lower", inside.lo, lo), ("upper", inside.hi, hi))
        if np.isfinite(there) and not np.isfinite(back)
    ]
    return f", where no value reaches the {' or '.join(sides)} limit: left open" if sides else ""


def _noted(found: Bounds, note: str) -> Bounds:
    return replace(found, note="; ".join(filter(None, (note, found.note))))
