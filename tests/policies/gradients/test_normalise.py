"""Normalising above a threshold."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.normalise import NormaliseAbove
from tests.policies.gradients.layout import alone


def twin(policy: NormaliseAbove, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    """Algorithm 1 of Pascanu, Mikolov and Bengio."""
    said = []
    for g in steps:
        norm = np.sqrt(np.sum(g**2))
        said.append(policy.threshold / norm * g if norm >= policy.threshold else g)
    return said


def test_at_the_threshold_no_bit_changes() -> None:
    gradient = torch.tensor([[3.0, 4.0]])
    clipper = NormaliseAbove(threshold=5).build(*alone(2))
    said = clipper(gradient)
    assert gradient.tolist() == [[3, 4]] and said.coefficient.item() == 1 and not said.fired.item()
    assert clipper.limit.item() == 5


def test_beyond_it_the_length_is_exactly_the_threshold() -> None:
    gradient = torch.tensor([[3.0, 4.0, 12.0]], dtype=torch.float64)
    NormaliseAbove().build(*alone(3))(gradient)
    assert gradient.norm().item() == pytest.approx(1, rel=1e-15)
