"""Elu, with torch's own as the judge."""

import math
from typing import Any

import pytest
from torch import nn

from clipviz.policies.activations.elu import Elu
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return x if x > 0 else clip.numbers()["alpha"].item() * math.expm1(x)


def test_torch_agrees() -> None:
    like(nn.ELU(), Elu(), grid(), exact=False)
    like(nn.ELU(2.0), Elu(alpha=2), grid(), exact=False)


def test_the_reference_value_and_slope() -> None:
    said = through(Elu(), [-1], alpha=1)
    assert (said.y[0], said.dx[0]) == pytest.approx((-0.6321206, 0.3678794), abs=1e-7)
