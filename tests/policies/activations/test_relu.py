"""Relu, with torch's own as the judge."""

from typing import Any

from torch import nn

from clipviz.policies.activations.relu import Relu
from tests.policies.activations.through import grid, like


def twin(clip: Any, x: float) -> float:
    return max(x, 0.0)


def test_torch_agrees() -> None:
    like(nn.ReLU(), Relu(), grid())
