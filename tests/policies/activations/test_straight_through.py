"""The straight-through clips."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.straight_through import StraightThroughClip
from tests.policies.activations.through import through

X = [-3, -2, 0.5, 2, 3]


def twin(clip: Any, x: float) -> float:
    theta = clip.theta.item()
    return max(-theta, min(theta, x))


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_what_passes_from_beyond(leak: float) -> None:
    said = through(StraightThroughClip(), X, theta=2, leak=leak)
    assert said.y == [-2, -2, 0.5, 2, 2]
    assert said.dx == pytest.approx([leak, 1, 1, 1, leak])
    assert (
        said.sent["theta"] == 0 == through(StraightThroughClip(), [-3, 3], theta=2, leak=leak).sent["theta"]
    )
    assert through(StraightThroughClip(), [3, 4], theta=2, leak=leak).sent["theta"] == 2


def test_the_identity_estimator_as_it_is_written_in_papers() -> None:
    values = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    (values + (values.clamp(-2, 2) - values).detach()).sum().backward()
    assert values.grad is not None
    assert values.grad.tolist() == through(StraightThroughClip(), X, theta=2, leak=1).dx


def test_infinity_is_held_not_lost() -> None:
    assert StraightThroughClip(start=2.0).build(1)(
        torch.tensor([math.inf, -math.inf])
    ).tolist() == pytest.approx([2, -2])
