"""The farthest rows, against sorting every distance."""

import numpy as np
import pytest

from clipviz.analysis import extremes


@pytest.mark.parametrize("rows", [0, 1, 5, 1_000])
def test_they_are_those_of_sorting_all_distances(rows: int) -> None:
    values = np.random.default_rng(0).standard_cauchy(rows).round(1)
    values[3::7] = np.nan
    values[5::11] = np.inf
    ordered = np.sort(values[np.isfinite(values)])
    centre = np.median(ordered) if len(ordered) else 0.0
    distance = np.where(np.isnan(values), -1.0, np.abs(values - centre))
    blocks = np.array_split(values, 7)
    found = extremes.farthest(ordered, blocks, 10)
    assert found.tolist() == np.argsort(-distance, kind="stable")[:10].tolist()
