"""Sigmoid, with torch's own as the judge."""

import math
from typing import Any

from torch import nn

from clipviz.policies.activations.sigmoid import Sigmoid
from tests.policies.activations.through import grid, like


def twin(clip: Any, x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_torch_agrees() -> None:
    like(nn.Sigmoid(), Sigmoid(), grid())
