"""The curve of any policy, for its picture in the Guide: computed by the policy itself, never drawn by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis.lab import curves, gradients
from clipviz.analysis.lab.values import gaussian

if TYPE_CHECKING:
    from clipviz.policies.policy import Policy

POINTS = 161


@dataclass(frozen=True)
class Picture:
    """y over x, (N,) each, and what the axes are; log: by factors. slope: dy/dx (N,), where the policy has one."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    titles: tuple[str, str]
    log: bool = False
    slope: NDArray[np.float64] | None = None


def skewed(count: int = 401) -> NDArray[np.float64]:
    """(count,) values with a short left and a long right tail: a column that calls for a clamp."""
    return np.sinh(gaussian(0.25, 1.0, count))


def picture(family: str, policy: Policy) -> Picture:
    """What the policy does to single values: an activation or a column's value, or the norm of a gradient."""
    known: Any = policy
    if family == "gradients":
        norms = np.geomspace(0.05, 20, POINTS)
        turn = np.array([0.8, 0.6])
        found = gradients.answer(known, norms[:, None] * turn, weight=10.0)
        out = np.where(found.skipped, np.nan, np.linalg.norm(found.after, axis=1))
        return Picture(norms, out, ("norm in", "norm out"), log=True)
    if family == "activations":
        x = np.linspace(-4, 4, POINTS)
        along = curves.curve(known, x, gaussian(0.0, 1.0))
        return Picture(x, along.y, ("x", "y"), slope=along.slope)
    column = skewed()
    x = np.linspace(float(column.min()), float(column.max()), POINTS)
    fitted = known.fit(column)
    y = fitted.clamp(x) if hasattr(fitted, "clamp") else (x - fitted.centre) / fitted.scale
    return Picture(x, y, ("value of a skewed column", "after"))
