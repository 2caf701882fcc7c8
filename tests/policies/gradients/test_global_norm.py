"""The global norm clip."""

import pytest
import torch
from torch import nn

from clipviz.policies.gradients.global_norm import GlobalNormClip, _Shorten


@pytest.mark.parametrize(
    ("norm", "length", "said"),
    [
        ("1", 19, [0.157895, 0.210526, 0.631579]),
        ("2", 13, [0.230769, 0.307692, 0.923077]),
        ("inf", 12, [0.25, 0.333333, 1.0]),
    ],
)
def test_the_reference_numbers(norm: str, length: float, said: list[float]) -> None:
    gradient = torch.tensor([[3.0, 4.0, 12.0]])
    clipped = GlobalNormClip.model_validate({"norm": norm}).build([], 1, "cpu")(gradient)
    assert gradient[0].tolist() == pytest.approx(said, abs=1e-6)
    assert clipped.before.item() == length
    assert clipped.after.item() == pytest.approx(1.0, abs=1e-5)


def test_it_equals_torch() -> None:
    parameters = [nn.Parameter(torch.randn(4, 5)), nn.Parameter(torch.randn(7))]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter) * 9
    flat = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None]).unsqueeze(0).clone()
    norm = nn.utils.clip_grad_norm_(parameters, 2.5)
    clipped = GlobalNormClip(max_norm=2.5).build([], 1, "cpu")(flat)
    theirs = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None])
    torch.testing.assert_close(flat[0], theirs)
    assert clipped.before.item() == pytest.approx(norm.item(), rel=1e-6)


def test_at_exactly_the_limit_it_does_not_fire() -> None:
    gradient = torch.tensor([[3.0, 4.0], [3.0, 4.001]])
    assert GlobalNormClip(max_norm=5).build([], 2, "cpu")(gradient).fired.tolist() == [False, True]


def test_the_direction_is_kept() -> None:
    gradient = torch.randn(1, 100) * 50
    before = gradient.clone()
    GlobalNormClip().build([], 1, "cpu")(gradient)
    assert torch.cosine_similarity(before, gradient).item() == pytest.approx(1.0)


def test_each_replica_has_its_own_limit() -> None:
    clipper = _Shorten(torch.tensor([10.0, 0.25]))
    gradient = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    assert clipper(gradient).coefficient.tolist() == pytest.approx([1, 0.5], rel=1e-5)
    clipped = clipper(torch.tensor([[torch.inf, 4.0], [0.3, 0.4]]))
    assert clipped.coefficient.tolist() == pytest.approx([0, 0.5], rel=1e-5)
    assert clipped.skipped.tolist() == [True, False]
