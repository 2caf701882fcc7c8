"""Gradient norms that stand out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

SPIKE = 6.0
"""A gradient norm this many times its running mean is a spike."""
WARM = 20
MEMORY = 0.98


@dataclass
class Spikes:
    """The running mean of the finite norms seen so far, in which a spike counts at the limit of one.

    seen: how many there were; before the 20th nothing is a spike.
    """

    mean: float = 0.0
    seen: int = 0

    def find(self, norms: Iterable[float]) -> list[tuple[int, float]]:
        """(position, mean of the norms before it) of each spike among norms that are next in time."""
        found = []
        mean, seen = self.mean, self.seen
        for place, norm in enumerate(norms):
            if not math.isfinite(norm):
                continue
            if seen >= WARM and norm > SPIKE * mean > 0:
                found.append((place, mean))
                norm = SPIKE * mean
            seen += 1
            memory = min(MEMORY, 1 - 1 / seen)
            mean = memory * mean + (1 - memory) * norm
        self.mean, self.seen = mean, seen
        return found
