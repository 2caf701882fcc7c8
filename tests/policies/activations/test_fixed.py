"""The fixed activation clip."""

from typing import Any

import torch

from clipviz.policies.activations.fixed import FixedClip


def twin(clip: Any, x: float) -> float:
    return max(-6.0, min(6.0, x))


def test_the_reference_values_and_gradients() -> None:
    values = torch.tensor([-7.0, -6, -1, 0, 1, 6, 7], requires_grad=True)
    said = FixedClip(theta=6).build(1)(values)
    said.sum().backward()
    assert said.tolist() == [-6, -6, -1, 0, 1, 6, 6]
    assert values.grad is not None
    assert values.grad.tolist() == [0, 1, 1, 1, 1, 1, 0]  # gradient passes at the bounds


def test_it_has_nothing_to_learn_but_a_threshold_to_show() -> None:
    clip = FixedClip(theta=2).build(1)
    assert not list(clip.parameters())
    assert clip.theta.item() == 2
    assert clip.saturation == 1
