"""Softplus, with torch's own as the judge."""

import math
from typing import Any

from torch import nn

from clipviz.policies.activations.softplus import Softplus
from tests.policies.activations.through import grid, like


def twin(clip: Any, x: float) -> float:
    sharpness = clip.numbers()["sharpness"].item()
    return math.log1p(math.exp(sharpness * x)) / sharpness


def test_torch_agrees() -> None:
    like(nn.Softplus(), Softplus(), grid(), exact=False)
    like(nn.Softplus(beta=5), Softplus(sharpness=5), grid(), exact=False)
