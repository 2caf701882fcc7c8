"""The learned tanh clip."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.learned_tanh import KNEE, LearnedTanhClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    theta = clip.theta.item()
    return theta * math.tanh(x / theta)


def test_the_reference_values_and_gradients() -> None:
    said = through(LearnedTanhClip(), [-4, 0, 1, 2, 10], theta=2)
    assert said.y == pytest.approx([-1.928055, 0, 0.924234, 1.523188, 1.999818], abs=1e-6)
    assert said.dx == pytest.approx([0.0706508, 1, 0.7864477, 0.4199743, 0.00018158], abs=1e-7)
    assert said.sent["theta"] == pytest.approx(0.5867885, abs=1e-7)


def test_every_value_but_zero_informs_the_threshold() -> None:
    clip = LearnedTanhClip(start=2.0).build(1)
    clip(torch.tensor([0.1])).sum().backward()
    assert clip.raw_theta.grad.item() > 0
    assert clip.informing(torch.tensor([0.0, 0.1, -3.0, 9.0])).item() == 0.75


def test_the_knee_is_where_the_output_reaches_95_percent() -> None:
    clip = LearnedTanhClip(start=2.0).build(1)
    assert clip(torch.tensor([2 * KNEE])).item() == pytest.approx(0.95 * 2, rel=1e-5)
    assert clip.saturation(torch.tensor([2 * KNEE - 0.01, 2 * KNEE + 0.01])).item() == 0.5
