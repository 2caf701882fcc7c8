"""The clip with soft corners."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.soft_clip import SoftClip, _soft_clip
from tests.policies.activations.through import through


def softplus(u: float) -> float:
    return max(u, 0.0) + math.log1p(math.exp(-abs(u)))


def twin(clip: Any, x: float) -> float:
    theta, beta = clip.theta.item(), clip.numbers()["sharpness"].item()
    return -theta + (softplus(beta * (x + theta)) - softplus(beta * (x - theta))) / beta


class Bounds:
    """The same formula with both bounds free."""

    @staticmethod
    def apply(values: torch.Tensor, lo: torch.Tensor, hi: torch.Tensor) -> torch.Tensor:
        return _soft_clip(values, lo, hi, torch.tensor([5.0], dtype=values.dtype))


def test_the_reference_values_and_gradients() -> None:
    said = through(Bounds, [-3, -1, 0, 0.5, 1, 3], lo=-1, hi=1)
    assert said.y == pytest.approx([-0.9999909, -0.8613796, 0, 0.4843326, 0.8613796, 0.9999909], abs=1e-7)
    assert said.dx == pytest.approx([4.54e-5, 0.4999546, 0.9866143, 0.923589, 0.4999546, 4.54e-5], abs=1e-7)
    assert said.sent["lo"] == pytest.approx(1.5072456, abs=1e-7)
    assert said.sent["hi"] == pytest.approx(1.582551, abs=1e-7)


def test_the_three_gradients_sum_to_one() -> None:
    for x in (-3.0, -1.0, 0.2, 1.0, 2.5):
        said = through(Bounds, [x], lo=-1, hi=1)
        assert said.dx[0] + sum(each or 0 for each in said.sent.values()) == pytest.approx(1)


def test_the_gradient_in_theta() -> None:
    sigmoid = (
        torch.sigmoid(torch.tensor([5 * (0.7 + 1.3), 5 * (0.7 - 1.3)], dtype=torch.float64)).sum().item()
    )
    said = through(SoftClip(), [0.7], theta=1.3, sharpness=5)
    assert said.sent["theta"] == pytest.approx(sigmoid - 1)


@pytest.mark.parametrize("x", [1e4, 1e7, 1e8, 1e30, 3e38, math.inf])
def test_far_out_it_says_the_right_bound_in_float32(x: float) -> None:
    clip = SoftClip(start=2.0).build(1)
    assert clip(torch.tensor([x, -x])).tolist() == pytest.approx([2, -2], abs=1e-6)


def test_the_sharper_the_nearer_to_a_hard_clip() -> None:
    values = torch.randn(100, 1) * 3
    far = [
        (SoftClip(start=1.0, sharpness=b).build(1)(values) - values.clamp(-1, 1)).abs().max()
        for b in (2, 20, 200)
    ]
    assert far[0] > far[1] > far[2] and far[2] < math.log(2) / 200 + 1e-6
