"""LeakyRelu, with torch's own as the judge."""

from typing import Any

from torch import nn

from clipviz.policies.activations.leaky_relu import LeakyRelu
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return x if x > 0 else clip.numbers()["slope"].item() * x


def test_torch_agrees() -> None:
    like(nn.LeakyReLU(), LeakyRelu(), grid())


def test_the_reference_value_and_slope() -> None:
    said = through(LeakyRelu(), [-1], slope=0.01)
    assert (said.y, said.dx) == ([-0.01], [0.01])
