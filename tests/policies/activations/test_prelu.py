"""Prelu, with torch's own as the judge."""

from typing import Any

import torch
from torch import nn

from clipviz.policies.activations.prelu import Prelu
from tests.policies.activations.through import grid, like, through


def twin(clip: Any, x: float) -> float:
    return x if x > 0 else clip.numbers()["slope"].item() * x


def test_torch_agrees() -> None:
    like(nn.PReLU(), Prelu(), grid())


def test_the_reference_value_and_slope() -> None:
    said = through(Prelu(), [-1], slope=0.25)
    assert said == ([-0.25], [0.25], {"slope": -1})


def test_each_channel_may_have_its_own() -> None:
    clip, judge = Prelu(per="channel").build(3, axis=1), nn.PReLU(3)
    with torch.no_grad():
        for module in (clip.raw_slope, judge.weight):
            module.copy_(torch.tensor([0.1, -0.2, 0.3]))
    images = torch.randn(2, 3, 4, 4)
    torch.testing.assert_close(clip(images), judge(images))
