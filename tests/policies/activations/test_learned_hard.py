"""The learned hard clip."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.learned_hard import LearnedHardClip


def twin(clip: Any, x: float) -> float:
    theta = math.log1p(math.exp(clip.raw.item())) + 1e-6
    return max(-theta, min(theta, x))


def test_the_reference_values_and_gradients() -> None:
    values = torch.tensor([-3, -2.5, 0.5, 3], dtype=torch.float64, requires_grad=True)
    theta = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    said = LearnedHardClip().apply(values, theta)
    said.sum().backward()
    assert said.tolist() == [-2, -2, 0.5, 2]
    assert theta.grad is not None and theta.grad.item() == -1
    assert values.grad is not None and values.grad.tolist() == [0, 0, 1, 0]


def test_gradients_agree_with_finite_differences() -> None:
    clip = LearnedHardClip()
    values = torch.randn(20, dtype=torch.float64, requires_grad=True)
    theta = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(clip.apply, (values, theta))


def test_it_equals_its_slow_twin() -> None:
    values, theta = torch.randn(100), torch.tensor([0.8])
    twin = [max(-0.8, min(0.8, value)) for value in values.tolist()]
    assert LearnedHardClip().apply(values, theta).tolist() == pytest.approx(twin)


def test_only_saturated_values_inform_the_threshold() -> None:
    clip = LearnedHardClip(start=2.0).build(1)
    clip(torch.tensor([-1.0, 0.5, 1.9])).sum().backward()
    assert clip.raw.grad.item() == 0
