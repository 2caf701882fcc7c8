"""ReLU6, with torch's own as the judge."""

from typing import Any

from torch import nn

from clipviz.policies.activations.relu6 import Relu6
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return min(max(x, 0.0), clip.theta.item())


def test_the_reference_values_and_gradients() -> None:
    said = through(Relu6(), [-7, -6, -1, 0, 1, 6, 7], theta=6)
    assert said.y == [0, 0, 0, 0, 1, 6, 6] and said.dx == [0, 0, 0, 0, 1, 0, 0]


def test_torch_agrees() -> None:
    like(nn.ReLU6(), Relu6(), grid())
