"""The specimen of a soft clip that is ReLU."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.softplus_relu import SoftplusRelu
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    return max(x, 0.0)


@pytest.mark.parametrize("theta", [2, 0.3])
def test_it_is_relu_and_theta_gets_nothing(theta: float) -> None:
    said = through(SoftplusRelu(), [-5, -1, 1, 5], theta=theta)
    assert said.y == pytest.approx([0, 0, 1, 5], abs=1e-8)
    assert said.dx == pytest.approx([0, 0, 1, 1], abs=1e-7)
    assert said.sent["theta"] == pytest.approx(0, abs=1e-7)


def test_at_zero_its_slope_is_a_half() -> None:
    assert through(SoftplusRelu(), [0], theta=2).dx == [0.5]


def test_in_float32_it_is_relu_to_within_rounding() -> None:
    values = torch.linspace(-20, 20, 2001).unsqueeze(1)
    assert (SoftplusRelu().build(1)(values) - values.relu()).abs().max() < 2e-6
