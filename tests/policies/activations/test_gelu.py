"""Gelu, with torch's own as the judge."""

import math
from typing import Any

import pytest
from torch import nn

from clipviz.policies.activations.gelu import Gelu
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def test_torch_agrees() -> None:
    like(nn.GELU(), Gelu(), grid())


def test_the_reference_value_and_slope() -> None:
    said = through(Gelu(), [-1])
    assert (said.y[0], said.dx[0]) == pytest.approx((-0.1586553, -0.0833155), abs=1e-7)
