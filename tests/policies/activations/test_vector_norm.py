"""The bound on the length of a vector."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.vector_norm import VectorNormClip


def twin(clip: Any, x: float) -> float:
    length = clip.theta.item()
    return x * min(1.0, length / abs(x)) if x else x


def test_the_reference_vector_and_its_jacobian() -> None:
    theta, vector = torch.tensor([1.0], dtype=torch.float64), torch.tensor([3.0, 4.0], dtype=torch.float64)
    clip = VectorNormClip()
    assert clip.apply(vector, theta).tolist() == pytest.approx([0.6, 0.8])
    jacobian = torch.autograd.functional.jacobian(lambda e: clip.apply(e, theta), vector)
    torch.testing.assert_close(
        jacobian, torch.tensor([[0.128, -0.096], [-0.096, 0.072]], dtype=torch.float64)
    )


def test_torch_renorm_agrees() -> None:
    rows = torch.randn(50, 4) * 2
    torch.testing.assert_close(VectorNormClip(max_norm=2).build(4)(rows), rows.renorm(2, 0, 2.0))


@pytest.mark.parametrize("size", [1e-30, 1e25, 2e38])
def test_any_size_is_measured(size: float) -> None:
    row = torch.full((1, 4), size)
    expected = row if size < 1 else torch.full((1, 4), 0.5)
    torch.testing.assert_close(VectorNormClip().build(4)(row), expected)


def test_a_vector_of_zeros_has_a_gradient() -> None:
    row = torch.zeros(1, 4, requires_grad=True)
    VectorNormClip().build(4)(row).sum().backward()
    assert row.grad is not None and row.grad.tolist() == [[1, 1, 1, 1]]


def test_the_vectors_of_a_map_are_its_pixels() -> None:
    maps = torch.randn(2, 3, 4, 5) * 3
    clip = VectorNormClip(max_norm=2).build(3, axis=1)
    rows = maps.movedim(1, -1).reshape(-1, 3)
    torch.testing.assert_close(clip(maps).movedim(1, -1).reshape(-1, 3), rows.renorm(2, 0, 2.0))
    assert clip.saturation(maps).item() == pytest.approx((rows.norm(dim=1) > 2).float().mean().item())
