"""The learned hard clip."""

from typing import Any

import torch

from clipviz.policies.activations.learned_hard import LearnedHardClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    theta = clip.theta.item()
    return max(-theta, min(theta, x))


def test_the_reference_values_and_gradients() -> None:
    said = through(LearnedHardClip(), [-3, -2.5, 0.5, 3], theta=2)
    assert said == ([-2, -2, 0.5, 2], [0, 0, 1, 0], {"theta": -1})


def test_why_theta_must_stay_positive() -> None:
    """Below 0 torch says theta everywhere, no value gets a gradient, and all of it goes to theta."""
    said = through(LearnedHardClip(), [-3, -2.5, 0.5, 3], theta=-1)
    assert said == ([-1, -1, -1, -1], [0, 0, 0, 0], {"theta": 4})


def test_only_saturated_values_inform_the_threshold() -> None:
    clip = LearnedHardClip(start=2.0).build(1)
    clip(torch.tensor([-1.0, 0.5, 1.9])).sum().backward()
    assert clip.raw_theta.grad.item() == 0
    assert clip.informing(torch.tensor([-1.0, 0.5, 1.9, 3.0])).item() == 0.25
