"""The fixed activation clip."""

from typing import Any

import torch

from clipviz.policies.activations.fixed import FixedClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    theta = clip.theta.item()
    return max(-theta, min(theta, x))


def test_the_reference_values_and_gradients() -> None:
    said = through(FixedClip(), [-7, -6, -1, 0, 1, 6, 7], theta=6)
    assert said.y == [-6, -6, -1, 0, 1, 6, 6]
    assert said.dx == [0, 1, 1, 1, 1, 1, 0]  # gradient passes at the bounds


def test_it_has_nothing_to_learn_but_a_threshold_to_show() -> None:
    clip = FixedClip(theta=2).build(1)
    assert not list(clip.parameters())
    assert clip.theta.item() == 2 and not clip.learned
    assert clip.saturation(torch.tensor([1.0, 2.0, 2.1, -3.0])).item() == 0.5
