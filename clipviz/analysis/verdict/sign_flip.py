"""The exact paired test: if there were no difference, every sign would be as likely as its opposite."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 20
"""Up to so many differences all 2^n sign patterns are counted, half a million by symmetry."""
DRAWS = 100_000
SLACK = 1e-9
"""Sums this close, relative to the sum of sizes, count as equal: they differ by rounding only."""


@dataclass(frozen=True)
class SignFlip:
    """p: two-sided. exact: all patterns were counted; else p comes from `patterns` random ones."""

    p: float
    exact: bool
    patterns: int

    @property
    def words(self) -> str:
        return f"exact, {self.patterns:,} sign patterns" if self.exact else f"{self.patterns:,} random signs"


def sign_flip(differences: NDArray[np.float64], seed: int = 0) -> SignFlip:
    """The share of sign patterns whose sum is at least as far from 0 as that of the differences (n,), n >= 0.

    With n differences p cannot be below 2 / 2^n: five seeds never reach .05. Beyond twenty, 100,000 random
    patterns are drawn under `seed`, and the observed one counts among them, so that p is never 0.
    Fisher, The Design of Experiments, 1935.
    """
    sizes = np.abs(np.asarray(differences, float))
    n = len(sizes)
    reach = abs(float(np.sum(differences))) - SLACK * float(sizes.sum())
    if n <= MOST_EXACT:
        sums = np.zeros(1)
        for place, size in enumerate(sizes.tolist()):
            sums = sums + size if place == 0 else np.concatenate([sums + size, sums - size])
        return SignFlip(float(np.mean(np.abs(sums) >= reach)), True, 2**n)
    signs = np.random.default_rng(seed).integers(0, 2, size=(DRAWS, n), dtype=np.int8) * np.int8(2) - np.int8(
        1
    )
    hits = int(np.sum(np.abs(signs @ sizes) >= reach))
    return SignFlip((hits + 1) / (DRAWS + 1), False, DRAWS)


def smallest(n: int) -> float:
    """The smallest two-sided p that n differences can reach: 2 / 2^n."""
    return min(1.0, 2.0 ** (1 - n))
