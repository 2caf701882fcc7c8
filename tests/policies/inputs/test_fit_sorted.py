"""Bounds that are order statistics, looked up in sorted values, against those of the values as they come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.core.discovery import build, discover
from clipviz.core.recipe import Choice
from clipviz.policies import fitting
from clipviz.policies.inputs.base import FittedClamp

PACKAGE = "clipviz.policies.inputs"
RANKED = [name for name in discover(PACKAGE) if fitting.by_rank(Choice(id=name))]
CHOICES = [
    *(Choice(id=name) for name in RANKED),
    Choice.of("quantile", lower=0.0, upper=1.0),
    Choice.of("quantile", lower=0.3, upper=0.77, sides="upper", action="missing"),
    Choice.of("winsorise", lowest=0.2, highest=0.0),
    Choice.of("training_range", margin=0.1),
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
@settings(deadline=None, max_examples=40)
@given(arrays(np.float64, st.integers(0, 60), elements=st.floats(allow_nan=True)))
def test_they_are_the_same_to_the_bit(choice: Choice, values: np.ndarray) -> None:
    ordered = np.sort(values[np.isfinite(values)])
    policy = build(PACKAGE, choice)
    found = policy.fit_sorted(ordered) if isinstance(policy, FittedClamp) else policy.fit(ordered)
    assert repr(found) == repr(policy.fit(values))
