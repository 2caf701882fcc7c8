"""The global norm clip."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from clipviz.core.errors import InvalidRecipe
from clipviz.policies.gradients.global_norm import GlobalNormClip
from tests.policies.gradients.layout import alone


def twin(policy: GlobalNormClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    sizes = [[abs(entry) for entry in step] for step in steps]
    p = float(policy.norm)
    lengths = [max(each) if p == np.inf else sum(entry**p for entry in each) ** (1 / p) for each in sizes]
    return [
        step * min(1.0, policy.max_norm / (length + 1e-6))
        for step, length in zip(steps, lengths, strict=True)
    ]


@pytest.mark.parametrize(
    ("norm", "limit", "said"),
    [
        ("1", 13 / 19, [0.157895, 0.210526, 0.631579]),
        ("2", 1, [0.230769, 0.307692, 0.923077]),
        ("inf", 13 / 12, [0.25, 0.333333, 1.0]),
    ],
)
def test_the_reference_numbers(norm: str, limit: float, said: list[float]) -> None:
    gradient = torch.tensor([[3.0, 4.0, 12.0]])
    clipper = GlobalNormClip.model_validate({"norm": norm}).build(*alone(3))
    clipped = clipper(gradient)
    assert gradient[0].tolist() == pytest.approx(said, abs=1e-6)
    assert clipped.before.item() == 13
    assert clipped.after.item() == pytest.approx(limit, abs=1e-5)
    assert clipper.limit.item() == pytest.approx(limit), "in Euclid's length, along this direction"


@pytest.mark.parametrize("norm", ["1", "2", "inf"])
def test_it_equals_torch(norm: str) -> None:
    parameters = [nn.Parameter(torch.randn(4, 5)), nn.Parameter(torch.randn(7))]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter) * 9
    flat = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None]).unsqueeze(0).clone()
    nn.utils.clip_grad_norm_(parameters, 2.5, float(norm))
    GlobalNormClip.model_validate({"max_norm": 2.5, "norm": norm}).build(*alone(27))(flat)
    theirs = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None])
    torch.testing.assert_close(flat[0], theirs)


def test_at_exactly_the_limit_it_does_not_fire() -> None:
    gradient = torch.tensor([[3.0, 4.0], [3.0, 4.001]])
    clipped = GlobalNormClip(max_norm=5).build((), torch.ones(2, 2))(gradient)
    assert clipped.fired.tolist() == [False, True]
    assert clipped.coefficient[0].item() == pytest.approx(1 - 2e-7, abs=1e-9), (
        "torch's epsilon acts even there"
    )


def test_each_replica_has_its_own_limit() -> None:
    policies = [GlobalNormClip(max_norm=10), GlobalNormClip(max_norm=0.25)]
    clipper = GlobalNormClip.together(policies, (), torch.ones(2, 2))
    gradient = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    assert clipper(gradient).coefficient.tolist() == pytest.approx([1, 0.5], rel=1e-5)
    clipped = clipper(torch.tensor([[torch.inf, 4.0], [0.3, 0.4]]))
    assert clipped.coefficient.tolist() == pytest.approx([0, 0.5], rel=1e-5)
    assert clipped.skipped.tolist() == [True, False]


def test_a_gradient_that_is_not_finite_is_treated_as_torch_treats_it() -> None:
    """One infinity: the others become 0 and it becomes NaN; NaN poisons all. Its step is skipped either way."""
    gradient = torch.tensor([[3.0, torch.inf]])
    GlobalNormClip().build(*alone(2))(gradient)
    assert gradient[0, 0] == 0 and gradient[0, 1].isnan()
    gradient = torch.tensor([[3.0, torch.nan]])
    GlobalNormClip().build(*alone(2))(gradient)
    assert gradient.isnan().all()


def test_replicas_cannot_differ_in_the_kind_of_norm() -> None:
    policies = [GlobalNormClip(norm="2"), GlobalNormClip(norm="1")]
    with pytest.raises(InvalidRecipe, match=r"same gradient\.norm.*received '2', '1'"):
        GlobalNormClip.together(policies, (), torch.ones(2, 2))
