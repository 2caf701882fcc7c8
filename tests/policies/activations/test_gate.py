"""The gate that learns."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.gate import GateClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    theta, sharpness = clip.theta.item(), clip.numbers()["sharpness"].item()
    if clip.policy.edge == "hard":
        return x if abs(x) <= theta else 0.0
    return x / (1 + math.exp(-sharpness * (theta - abs(x))))


@pytest.mark.parametrize("x", [-2.0, -1.3, 0.4, 1.1, 1.9])
def test_gradients_against_the_formula(x: float) -> None:
    gate = 1 / (1 + math.exp(-5 * (1.3 - abs(x))))
    said = through(GateClip(), [x], theta=1.3, sharpness=5)
    assert said.dx[0] == pytest.approx(gate - 5 * abs(x) * gate * (1 - gate))
    assert said.sent["theta"] == pytest.approx(5 * x * gate * (1 - gate))


def test_its_threshold_learns() -> None:
    """Only 3 is an outlier, and should come out as 0; the gate starts open for it."""
    clip = GateClip(start=4.0, sharpness=2.0).build(1)
    values, goal = torch.tensor([0.5, 1.0, 3.0]), torch.tensor([0.5, 1.0, 0.0])
    for _ in range(100):
        loss = (clip(values) - goal).square().sum()
        (slope,) = torch.autograd.grad(loss, clip.raw_theta)
        with torch.no_grad():
            clip.raw_theta.sub_(0.05 * slope.sign())
    assert 1.0 < clip.theta.item() < 3.0


def test_a_hard_edge_opens_or_shuts_and_keeps_the_gradients() -> None:
    soft, hard = (GateClip(edge=edge) for edge in ("soft", "hard"))
    assert through(hard, [-2, 1, 1.4], theta=1.3, sharpness=5).y == pytest.approx([0, 1, 0])
    assert (
        through(hard, [1.0], theta=1.3, sharpness=5).sent == through(soft, [1.0], theta=1.3, sharpness=5).sent
    )


def test_infinity_is_shut_out() -> None:
    for edge in ("soft", "hard"):
        said = GateClip(start=2.0, edge=edge).build(1)(torch.tensor([math.inf, -math.inf, 3e38]))
        assert said.tolist() == pytest.approx([0, 0, 0], abs=1e-15)
