"""No activation clip."""

from typing import Any

import torch

from clipviz.policies.activations.none import NoClip


def twin(clip: Any, x: float) -> float:
    return x


def test_it_is_the_identity_and_holds_nothing() -> None:
    values = torch.randn(3, 4)
    clip = NoClip().build(4)
    assert clip(values) is values and not clip.state_dict()
