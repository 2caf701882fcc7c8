"""The value clip."""

import pytest
import torch

from clipviz.policies.gradients.value import ValueClip


def test_the_reference_numbers() -> None:
    before = torch.tensor([[3.0, 4.0, 12.0]])
    gradient = before.clone()
    clipped = ValueClip(max_value=3.5).build([], 1, "cpu")(gradient)
    assert gradient[0].tolist() == [3, 3.5, 3.5]
    assert torch.cosine_similarity(before, gradient).item() == pytest.approx(0.8638684)
    assert clipped.before.item() == 13


def test_it_equals_its_slow_twin() -> None:
    gradient = torch.randn(1, 50)
    twin = [max(-0.5, min(0.5, entry)) for entry in gradient[0].tolist()]
    ValueClip(max_value=0.5).build([], 1, "cpu")(gradient)
    assert gradient[0].tolist() == pytest.approx(twin)


def test_an_infinite_entry_is_seen_not_hidden() -> None:
    assert ValueClip().build([], 1, "cpu")(torch.tensor([[1.0, torch.inf]])).skipped.item()
