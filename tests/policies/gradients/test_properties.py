"""What holds for every gradient clip on any gradients that hypothesis can think of."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.core.discovery import discover
from tests.policies.gradients.layout import SIZE, SPECS, weights

CLIPS = discover("clipviz.policies.gradients")
STEPS = arrays(np.float32, st.tuples(st.integers(1, 6), st.just(SIZE)), elements=st.floats(width=32))


@pytest.mark.parametrize("cls", CLIPS.values(), ids=list(CLIPS))
@settings(max_examples=40, deadline=None, derandomize=True)
@given(steps=STEPS)
def test_a_clip_shortens_turns_less_than_a_right_angle_and_changes_no_sign(
    cls: Any, steps: np.ndarray
) -> None:
    quick = {name: 2 for name in ("warmup", "window") if name in cls.model_fields}
    clipper = cls(**quick).build(SPECS, weights(1))
    for step in torch.from_numpy(steps):
        after = step.clone().unsqueeze(0)
        said = clipper(after)
        if not step.isfinite().all():
            assert said.skipped.item()
            continue
        assert after.isfinite().all() and all(number.isfinite().all() for number in said)
        assert (after[0].abs() <= step.abs() * (1 + 1e-6)).all()
        assert (after[0] * step.sign() >= 0).all()
        assert 0 <= said.cosine.item() <= 1 and 0 <= said.coefficient.item() <= 1 + 1e-6
        if not said.fired.item():
            torch.testing.assert_close(after[0], step, rtol=2e-6, atol=0)
    for tensor in clipper.state().values():
        assert not (tensor == -torch.inf).any() and tensor.shape[0] == 1
