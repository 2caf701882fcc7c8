"""Silu, with torch's own as the judge."""

import math
from typing import Any

import pytest
from torch import nn

from clipviz.policies.activations.silu import Silu
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return x / (1 + math.exp(-x))


def test_torch_agrees() -> None:
    like(nn.SiLU(), Silu(), grid(), exact=False)


def test_the_reference_value_and_slope() -> None:
    said = through(Silu(), [-1])
    assert (said.y[0], said.dx[0]) == pytest.approx((-0.2689414, 0.0723295), abs=1e-7)
