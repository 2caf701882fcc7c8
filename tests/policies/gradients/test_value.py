"""The value clip."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from clipviz.policies.gradients.value import ValueClip
from tests.policies.gradients.layout import alone


def twin(policy: ValueClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    v = policy.max_value
    return [np.array([max(-v, min(v, entry)) for entry in step]) for step in steps]


def test_the_reference_numbers() -> None:
    gradient = torch.tensor([[3.0, 4.0, 12.0]])
    clipper = ValueClip(max_value=3.5).build(*alone(3))
    clipped = clipper(gradient)
    assert gradient[0].tolist() == [3, 3.5, 3.5]
    assert clipped.cosine.item() == pytest.approx(0.8638684, abs=1e-7)
    assert clipped.before.item() == 13
    assert clipper.limit.item() == pytest.approx(13 * 3.5 / 12), (
        "a gradient of this direction is cut from here on"
    )


def test_it_equals_torch() -> None:
    parameter = nn.Parameter(torch.randn(50))
    parameter.grad = torch.randn(50)
    flat = parameter.grad.clone().unsqueeze(0)
    nn.utils.clip_grad_value_([parameter], 0.5)
    ValueClip(max_value=0.5).build(*alone(50))(flat)
    assert torch.equal(flat[0], parameter.grad)


def test_an_infinite_entry_is_seen_not_hidden() -> None:
    assert ValueClip().build(*alone(2))(torch.tensor([[1.0, torch.inf]])).skipped.item()


def test_it_fires_by_the_largest_entry() -> None:
    _, weights = alone(2)
    clipper = ValueClip(max_value=4).build((), weights.expand(2, 2))
    assert clipper(torch.tensor([[3.0, 4.0], [3.0, 4.001]])).fired.tolist() == [False, True]


def test_entries_at_the_bound_are_not_beyond_it() -> None:
    """.1 is no float32: what a clip left at its bound must not fire the next one."""
    clipper, gradient = ValueClip(max_value=0.1).build(*alone(2)), torch.tensor([[0.5, 0.01]])
    assert [clipper(gradient).fired.item() for _ in range(2)] == [True, False]
