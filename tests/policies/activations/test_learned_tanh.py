"""The learned tanh clip."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.learned_tanh import LearnedTanhClip


def twin(clip: Any, x: float) -> float:
    theta = math.log1p(math.exp(clip.raw.item())) + 1e-6
    return theta * math.tanh(x / theta)


def test_the_reference_values_and_gradients() -> None:
    values = torch.tensor([-4.0, 0, 1, 2, 10], dtype=torch.float64, requires_grad=True)
    theta = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    said = LearnedTanhClip().apply(values, theta)
    said.sum().backward()
    assert said.tolist() == pytest.approx([-1.928055, 0, 0.924234, 1.523188, 1.999818], abs=1e-6)
    assert values.grad is not None and theta.grad is not None
    assert values.grad.tolist() == pytest.approx([0.0706508, 1, 0.7864477, 0.4199743, 0.00018158], abs=1e-7)
    assert theta.grad.item() == pytest.approx(0.5867885, abs=1e-7)


@pytest.mark.parametrize(
    ("x", "c", "y", "dx", "dc"),
    [
        (100, 30, 29.923739, 0.0050776, 0.9805326),
        (30, 30, 22.847825, 0.4199743, 0.3416198),
        (10, 30, 9.645382, 0.8966296, 0.0226362),
    ],
)
def test_the_soft_cap_vectors(x: float, c: float, y: float, dx: float, dc: float) -> None:
    value = torch.tensor([x], dtype=torch.float64, requires_grad=True)
    theta = torch.tensor([c], dtype=torch.float64, requires_grad=True)
    said = LearnedTanhClip().apply(value, theta)
    said.backward()
    assert value.grad is not None and theta.grad is not None
    assert (said.item(), value.grad.item(), theta.grad.item()) == pytest.approx((y, dx, dc), abs=1e-6)


def test_gradients_agree_with_finite_differences() -> None:
    values = torch.randn(20, dtype=torch.float64, requires_grad=True)
    theta = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(LearnedTanhClip().apply, (values, theta))


def test_it_equals_its_slow_twin() -> None:
    values = torch.randn(100, dtype=torch.float64)
    twin = [0.8 * math.tanh(value / 0.8) for value in values.tolist()]
    said = LearnedTanhClip().apply(values, torch.tensor([0.8], dtype=torch.float64))
    assert said.tolist() == pytest.approx(twin)


def test_every_value_but_zero_informs_the_threshold() -> None:
    clip = LearnedTanhClip(start=2.0).build(1)
    clip(torch.tensor([0.1])).sum().backward()
    assert clip.raw.grad.item() > 0


def test_the_knee_is_where_the_output_reaches_95_percent() -> None:
    clip = LearnedTanhClip(start=2.0).build(1)
    at = 2.0 * LearnedTanhClip().knee()
    assert clip(torch.tensor([at])).item() == pytest.approx(0.95 * 2, rel=1e-5)
    assert clip.saturation * clip.theta.item() == pytest.approx(at)
