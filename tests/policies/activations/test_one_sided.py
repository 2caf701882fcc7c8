"""The learned ceiling for positive values."""

from typing import Any

import torch

from clipviz.policies.activations.one_sided import OneSidedClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    return min(x, clip.theta.item()) if x > 0 else x


def test_values_and_gradients() -> None:
    said = through(OneSidedClip(), [-9, -1, 0, 1, 2, 3, 4], theta=2)
    assert said == ([-9, -1, 0, 1, 2, 2, 2], [1, 1, 1, 1, 1, 0, 0], {"theta": 2})


def test_the_mask_variant_says_the_same() -> None:
    values, theta = torch.randn(200) * 3, torch.tensor([1.3])
    mask = (values > 0).float()
    torch.testing.assert_close(
        OneSidedClip().apply(values, theta), mask * values.minimum(theta) + (1 - mask) * values
    )


def test_its_start_is_measured_on_positive_values_alone() -> None:
    values = torch.tensor([[-100.0], [1.0], [2.0], [3.0]])
    assert OneSidedClip(start_quantile=1).measure(values)["theta"].item() == 3
