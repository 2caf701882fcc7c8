"""What holds for every input clamp on any column that hypothesis can think of."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.core.discovery import discover
from clipviz.policies.inputs.base import FittedClamp

CLAMPS = {
    name: cls for name, cls in discover("clipviz.policies.inputs").items() if issubclass(cls, FittedClamp)
}
COLUMNS = arrays(np.float64, st.integers(0, 40), elements=st.floats(width=64))


@pytest.mark.parametrize("cls", CLAMPS.values(), ids=list(CLAMPS))
@settings(max_examples=150, deadline=None, derandomize=True)
@given(column=COLUMNS)
def test_bounds_are_in_order_and_keep_the_middle(cls: Any, column: np.ndarray) -> None:
    found = cls().fit(column)
    finite = column[np.isfinite(column)]
    assert found.lo < found.hi
    if finite.size and cls.__name__ != "SigmaClamp":
        ordered = np.sort(finite)
        lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        # Values are scaled into [-1, 1], where the tiniest of a huge range lose digits.
        rounding = np.abs(finite).max() * 1e-300
        assert found.lo <= upper + rounding and found.hi >= lower - rounding
