"""Tanh, with torch's own as the judge."""

import math
from typing import Any

from torch import nn

from clipviz.policies.activations.tanh import Tanh
from tests.policies.activations.through import grid, like


def twin(clip: Any, x: float) -> float:
    return math.tanh(x)


def test_torch_agrees() -> None:
    like(nn.Tanh(), Tanh(), grid())
