"""Fixed limits."""

import numpy as np
import pytest

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies.inputs.fixed import FixedClamp


def twin(policy: FixedClamp, values: np.ndarray) -> np.ndarray:
    lo = -np.inf if policy.lo is None else policy.lo
    hi = np.inf if policy.hi is None else policy.hi
    return np.array([lo if value < lo else hi if value > hi else value for value in values])


def test_limits_are_taken_as_given() -> None:
    found = FixedClamp(lo=-1, hi=1).fit(np.array([]))
    np.testing.assert_array_equal(found.clamp(np.array([0.0, 5, -5, np.inf])), [0, 1, -1, 1])


def test_empty_limits_are_open() -> None:
    assert FixedClamp(hi=2).fit(np.array([9.0])).lo == -np.inf
    assert FixedClamp().fit(np.array([9.0])).hi == np.inf


@pytest.mark.parametrize(("lo", "hi"), [(1, -1), (1, 1)])
def test_the_lower_limit_must_be_the_lower_one(lo: float, hi: float) -> None:
    with pytest.raises(InvalidRecipe, match=r"lower limit \(lo\) must be below the upper limit \(hi\)"):
        build("clipviz.policies.inputs", Choice.of("fixed", lo=lo, hi=hi))
