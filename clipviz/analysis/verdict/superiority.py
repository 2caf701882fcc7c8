"""How often one arm beats the other: P(A > B), ties counted half."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEANINGFUL = 0.75
"""Bouthillier et al., Accounting for Variance in Machine Learning Benchmarks, 2021, call .75 and more meaningful."""


def paired_superiority(a: Floats, b: Floats) -> float:
    """P(A > B) over pairs of one seed (n,): what a rerun with a new seed would show. NaN for n = 0."""
    return _share(np.asarray(a), np.asarray(b))


def all_pairs_superiority(a: Floats, b: Floats) -> float:
    """P(A > B) over all pairs of a run of A (n,) and a run of B (m,), whatever their seeds. NaN for none."""
    return _share(np.asarray(a)[:, None], np.asarray(b)[None, :])


def _share(a: Floats, b: Floats) -> float:
    wins = (a > b) + 0.5 * (a == b)
    return float(wins.mean()) if wins.size else float("nan")
