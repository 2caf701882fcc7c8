"""PACT."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.pact import Pact
from tests.policies.activations.through import through

X = [-1, 0.5, 1.5, 2.9, 4, 5]


def twin(clip: Any, x: float) -> float:
    alpha = clip.theta.item()
    kept = 0.5 * (abs(x) - abs(x - alpha) + alpha)
    if clip.policy.bits is None:
        return kept
    step = alpha / (2**clip.policy.bits - 1)
    return round(kept / step) * step


def test_the_quantiser_has_the_gradients_of_the_paper() -> None:
    said = through(Pact(bits=2), X, theta=3, levels=3)
    assert said.y == pytest.approx([0, 0, 2, 3, 3, 3])
    assert said.dx == [0, 1, 1, 1, 0, 0]
    assert said.sent["theta"] == 2  # 2.0333333 where theta is not held constant within the rounding


def test_a_tie_goes_to_the_even_step_and_an_ulp_of_theta_may_break_it() -> None:
    """Half a step off either way: a theta of float32 that is an ulp above 3 sends 1.5 down, an ulp below up."""
    levels = torch.tensor([3.0])
    exact = torch.tensor([3.0])
    for values, theta, even in (([0.5, 1.5, 2.5], exact, [0.0, 2.0, 2.0]),
                                ([1.5], exact.nextafter(exact + 1), [1.0]),
                                ([1.5], exact.nextafter(exact - 1), [2.0])):  # fmt: skip
        said = Pact(bits=2).apply(torch.tensor(values), theta=theta, levels=levels)
        torch.testing.assert_close(said, torch.tensor(even))
        assert (said - torch.tensor(values)).abs().max() <= 0.5 + 1e-6


def test_without_bits_nothing_is_rounded() -> None:
    assert through(Pact(), X, theta=3) == ([0, 0.5, 1.5, 2.9, 3, 3], [0, 1, 1, 1, 0, 0], {"theta": 2})


def test_quantised_values_lie_on_the_grid() -> None:
    clip = Pact(bits=3, start=2.0).build(1)
    steps = clip(torch.randn(200, 1) * 3) / (clip.theta / 7)
    torch.testing.assert_close(steps, steps.round(), atol=1e-5, rtol=0)


def test_the_penalty_pulls_like_weight_decay() -> None:
    clip = Pact(start=10.0, penalty=0.01).build(1)
    theta = clip.theta
    theta.retain_grad()
    penalty = 0.5 * 0.01 * theta.square().sum()
    assert clip.penalty().item() == pytest.approx(penalty.item()) == pytest.approx(0.5)
    penalty.backward()
    assert theta.grad is not None and theta.grad.item() == pytest.approx(0.1)
