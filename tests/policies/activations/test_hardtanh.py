"""Hardtanh, with torch's own as the judge."""

from typing import Any

from torch import nn

from clipviz.policies.activations.hardtanh import Hardtanh
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    theta = clip.theta.item()
    return max(-theta, min(theta, x))


def test_the_reference_values_and_gradients() -> None:
    said = through(Hardtanh(), [-7, -6, -1, 0, 1, 6, 7], theta=6)
    assert said.y == [-6, -6, -1, 0, 1, 6, 6] and said.dx == [0, 0, 1, 1, 1, 0, 0]


def test_torch_agrees() -> None:
    like(nn.Hardtanh(), Hardtanh(), grid())
    like(nn.Hardtanh(-6, 6), Hardtanh(theta=6), grid())
