"""The kernels behind passes that are written out."""

import pytest
import torch

from clipviz.policies.activations import _passes


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tanh_is_that_of_torch_to_the_last_places_near_zero_too(dtype: torch.dtype) -> None:
    small = torch.logspace(-30, 3, 20_001, dtype=dtype)
    special = torch.tensor([0.0, torch.inf, torch.nan], dtype=dtype)
    values = torch.cat([small, -small, special])
    said = torch.empty_like(values)
    _passes.tanh(2 * values, said, torch.empty_like(values))
    close = {"rtol": 4 * torch.finfo(dtype).eps, "atol": 0.0}
    if dtype is torch.float64:  # beyond FLAT it is 1
        close["rtol"] = 1e-8
    torch.testing.assert_close(said, values.tanh(), equal_nan=True, **close)


def test_a_wide_bend_changes_nothing() -> None:
    values = torch.randn(1, 50, 4)
    said, bent = torch.empty_like(values), torch.empty_like(values)
    _passes.bend(values, torch.full((1, 1, 1), 1e6), said, bent)
    torch.testing.assert_close(said, values, rtol=1e-6, atol=0)
