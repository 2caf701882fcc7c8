"""The tanh clip with its backward pass written out, against autograd on its formula."""

import pytest
import torch

from clipviz.policies.activations._bend import bend


@pytest.mark.parametrize("shape", [(3, 1, 1), (3, 1, 5)])
def test_it_is_the_formula_and_sends_its_gradients(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(0)
    values = 4 * torch.randn(3, 7, 5, dtype=torch.float64, generator=generator).requires_grad_()
    theta = (0.5 + torch.rand(shape, dtype=torch.float64, generator=generator)).requires_grad_()
    assert torch.autograd.gradcheck(bend, (values, theta))
    torch.testing.assert_close(bend(values, theta), theta * torch.tanh(values / theta))


def test_it_is_as_good_as_tanh_in_single_precision() -> None:
    values = torch.linspace(-100, 100, 20_001).view(1, 1, -1)
    theta = torch.full((1, 1, 1), 2.0)
    exact = 2 * torch.tanh(values.double() / 2)
    assert (bend(values, theta) - exact).abs().max() < 5e-7
