"""The soft cap."""

import math
from typing import Any

import pytest
import torch

from clipviz.policies.activations.soft_cap import SoftCap
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    cap = clip.theta.item()
    return cap * math.tanh(x / cap)


@pytest.mark.parametrize(
    ("x", "cap", "y", "dx", "dc"),
    [
        (100, 30, 29.923739, 0.0050776, 0.9805326),
        (30, 30, 22.847825, 0.4199743, 0.3416198),
        (10, 30, 9.645382, 0.8966296, 0.0226362),
    ],
)
def test_the_reference_values_and_gradients(x: float, cap: float, y: float, dx: float, dc: float) -> None:
    said = through(SoftCap(), [x], theta=cap)
    assert (said.y[0], said.dx[0], said.sent["theta"]) == pytest.approx((y, dx, dc), abs=1e-6)


def test_in_bfloat16_the_cap_itself_is_reached() -> None:
    assert SoftCap().build(1)(torch.tensor([120.0], dtype=torch.bfloat16)).item() == 30
