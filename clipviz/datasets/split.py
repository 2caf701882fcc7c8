"""Which rows train, which choose, which judge."""

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Split

Positions = NDArray[np.int64]


def split(rows: int, split: Split) -> tuple[Positions, Positions, Positions]:
    """(train, validation, test): disjoint ascending positions that cover 0..rows-1, each at least one row.

    Drawn by numpy's PCG64 with the split's own seed, so that runs of other seeds see the same split.
    Raises InvalidRecipe when there are fewer than three rows, or none would be left to train on.
    """
    test, validation = max(1, round(rows * split.test)), max(1, round(rows * split.validation))
    if rows - test - validation < 1:
        raise InvalidRecipe(
            "A split needs at least one row each to train, to validate and to test",
            f"{rows} rows, {validation} of them to validate and {test} to test",
            "Use more rows or smaller shares",
        )
    order = np.random.Generator(np.random.PCG64(split.seed)).permutation(rows).astype(np.int64)
    held = test + validation
    return np.sort(order[held:]), np.sort(order[test:held]), np.sort(order[:test])
