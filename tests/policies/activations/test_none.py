"""No activation clip."""

import torch
from torch import nn

from clipviz.policies.activations.none import NoClip


def twin(clip: nn.Module, x: float) -> float:
    return x


def test_values_pass() -> None:
    values = torch.tensor([-1e30, 0.0, torch.inf])
    assert torch.equal(NoClip().build(3)(values), values)
