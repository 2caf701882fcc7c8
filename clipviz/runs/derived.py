"""What is computed from telemetry before it is drawn: the moving share of clipped steps, and findings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Stream

WINDOW = 100
"""Steps over which the share of clipped steps moves."""
SHARE = "clipped_share"

ALWAYS_MEASURED: dict[Stream, frozenset[str]] = {
    "step": frozenset({"loss", "gradient_norm"}),
    "evaluation": frozenset({"train_loss", "validation_loss"}),
    "sampled": frozenset(),
    "histogram": frozenset(),
}
"""Series measured at every row: a NaN in them is a finding, elsewhere it says "not measured here"."""
UNLIMITED = frozenset({"gradient_limit"})
"""Series in which infinity is a setting, not a finding."""

Mark = tuple[int, str, str]
"""(step, series, kind): kind is nan, +inf or -inf."""


def moving_share(fired: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """The share of the last 100 steps that were clipped, for each of T steps.

    fired: (T,) 1 where the gradient was clipped, else 0, NaN where unknown (left out of the share).
    before: up to 99 values of the steps just before. The first steps of a run have a shorter window.
    """
    values = np.concatenate([before, fired]).astype(np.float64)
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    stop = len(before) + 1 + np.arange(len(fired))
    start = np.maximum(stop - WINDOW, 0)
    seen = count[stop] - count[start]
    share = (total[stop] - total[start]) / np.maximum(seen, 1)
    return np.where(seen > 0, share, np.nan).astype(np.float32)


def non_finite(
    stream: Stream, names: Sequence[str], steps: NDArray[np.int64], values: NDArray[np.float32]
) -> list[Mark]:
    """Every NaN and infinity among values (T, S) that means something, in the order of steps."""
    always = np.array([name in ALWAYS_MEASURED[stream] for name in names], bool)
    limited = np.array([name not in UNLIMITED for name in names], bool)
    found = (np.isnan(values) & always) | (np.isinf(values) & limited)
    marks = []
    for row, column in np.argwhere(found):
        value = values[row, column]
        kind = "nan" if np.isnan(value) else "+inf" if value > 0 else "-inf"
        marks.append((int(steps[row]), names[column], kind))
    return marks
