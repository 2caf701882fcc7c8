"""The specimen of a gate that never learns: what is wrong with it, shown."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.stuck_gate import StuckGate, _gate
from clipviz.policies.curve import curve
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    mask = float(x > 0)
    return x if clip.theta.item() * mask > 0 else -1e9 * mask


def test_its_threshold_has_no_gradient_at_all() -> None:
    clip = StuckGate().build(1)
    said = clip(torch.randn(20, 1))
    assert not said.requires_grad, "only theta needs a gradient, and the output has none"
    values = torch.randn(20, 1, requires_grad=True)
    clip(values).sum().backward()
    assert clip.raw_theta.grad is None
    assert curve(StuckGate(), values.detach().numpy().ravel()).by_threshold["theta"] is None
    assert clip.informing(values).item() == 0


def test_the_mask_leaks_and_at_theta_below_zero_destroys() -> None:
    values, mask = torch.tensor([1.0, 2, 3]), torch.tensor([1.0, 0, 1])
    said = _gate(values, mask, torch.tensor([2.0]))
    assert said.tolist() == [1, 0, 3] and said[1].signbit()
    assert said.softmax(0).tolist() == pytest.approx([0.1141952, 0.0420101, 0.8437947], abs=1e-6)
    right = values.masked_fill(mask == 0, -torch.inf).softmax(0)
    assert right.tolist() == pytest.approx([0.1192029, 0, 0.8807971], abs=1e-6)
    assert _gate(values, mask, torch.tensor([-2.0])).tolist() == [-1e9, 0, -1e9]


def test_any_positive_theta_is_the_same_gate() -> None:
    x = [-2.0, 0.5, 3.0]
    assert through(StuckGate(), x, theta=0.3).y == through(StuckGate(), x, theta=9.0).y
