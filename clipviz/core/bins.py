"""The bins of every histogram over time: the same for all layers and steps, so that they can be laid side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SMALLEST, LARGEST, PER_DECADE = -7, 3, 2
"""Powers of ten between which sizes have bins of their own, and how many a decade."""
_SIZES = 10.0 ** np.linspace(SMALLEST, LARGEST, (LARGEST - SMALLEST) * PER_DECADE + 1)
EDGES: NDArray[np.float64] = np.concatenate([-_SIZES[::-1], _SIZES])
"""(E,) ascending, the same on both sides of 0."""
COUNT = len(EDGES) + 2
"""Bins: below all edges, between each two, above all, and values that are not finite. The middle one holds what is
practically 0."""
BELOW, ABOVE, LOST = 0, len(EDGES), len(EDGES) + 1
KINDS = ("activation", "weight", "gradient")


def columns(kind: str, layer: str) -> tuple[str, ...]:
    """The series in which the bins of one histogram are kept."""
    return tuple(f"{kind}/{layer}/{place}" for place in range(COUNT))


def layers(names: Sequence[str], kind: str) -> tuple[str, ...]:
    """The layers that have a histogram of a kind among such series."""
    return tuple(
        dict.fromkeys(
            name.rsplit("/", 1)[0].removeprefix(f"{kind}/") for name in names if name.startswith(f"{kind}/")
        )
    )
