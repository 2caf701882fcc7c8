"""The optimisers on flat buffers, against torch.optim and against their plain form."""

from typing import Any

import pytest
import torch

from clipviz.training.optimisers._steps import AdamSteps, SgdSteps
from clipviz.training.optimisers.adam import Adam
from clipviz.training.optimisers.base import Group, Optimiser
from clipviz.training.optimisers.sgd import SGD

NEVER = torch.zeros(1, dtype=torch.bool)


def buffers(replicas: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(replicas, 12, generator=generator), torch.zeros(replicas, 12)


def walk(optimiser: Optimiser, gradient: torch.Tensor, skip: torch.Tensor, steps: int = 20) -> None:
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        gradient.copy_(torch.randn(1, 12, generator=generator).expand_as(gradient))
        optimiser.step(skip)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_it_equals_torch(kind: str, decay: float) -> None:
    weights, gradient = buffers()
    theirs = torch.nn.Parameter(weights.clone())
    ours: Optimiser
    judge: Any
    if kind == "adam":
        ours = Adam(learning_rate=0.01, weight_decay=decay).build([Group(weights, gradient)])
        judge = torch.optim.AdamW([theirs], lr=0.01, weight_decay=decay)
    else:
        ours = SGD(learning_rate=0.01, weight_decay=decay).build([Group(weights, gradient)])
        judge = torch.optim.SGD([theirs], lr=0.01, weight_decay=decay, momentum=0.9)
    walk(ours, gradient, NEVER)
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        theirs.grad = torch.randn(1, 12, generator=generator)
        judge.step()
    torch.testing.assert_close(weights, theirs.data)


def test_the_fused_kernel_equals_its_plain_twin() -> None:
    (one, gradient), (two, other) = buffers(), buffers()
    walk(AdamSteps([Group(one, gradient)], 0.01, 0.1, (0.9, 0.999), 1e-8, fused=True), gradient, NEVER)
    walk(AdamSteps([Group(two, other)], 0.01, 0.1, (0.9, 0.999), 1e-8, fused=False), other, NEVER)
    torch.testing.assert_close(one, two)


def build(kind: str, groups: list[Group]) -> Optimiser:
    return Adam(learning_rate=0.01).build(groups) if kind == "adam" else SGD().build(groups)


@pytest.mark.parametrize("poison", [torch.nan, torch.inf])
@pytest.mark.parametrize("kind", ["adam", "sgd"])
@pytest.mark.parametrize("warm", [0, 3])
def test_a_skipped_step_changes_no_bit(kind: str, warm: int, poison: float) -> None:
    weights, gradient = buffers()
    optimiser = build(kind, [Group(weights, gradient)])
    walk(optimiser, gradient, NEVER, warm)
    before = weights.clone()
    state = {name: tensor.clone() for name, tensor in optimiser.state().items()}
    gradient.fill_(poison)
    optimiser.step(~NEVER)
    assert torch.equal(weights, before)
    assert all(torch.equal(tensor, state[name]) for name, tensor in optimiser.state().items())
    walk(optimiser, gradient, NEVER, 2)
    assert weights.isfinite().all()


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_replicas_move_and_skip_alone(kind: str) -> None:
    weights, gradient = buffers(3)
    weights.copy_(weights[:1].expand(3, 12).clone())
    start = weights[1].clone()
    optimiser = build(kind, [Group(weights, gradient)])
    walk(optimiser, gradient, torch.tensor([False, True, False]))
    alone, single = buffers()
    alone.copy_(start.unsqueeze(0))
    walk(build(kind, [Group(alone, single)]), single, NEVER)
    assert torch.equal(weights[1], start)
    torch.testing.assert_close(weights[0], alone[0])
    torch.testing.assert_close(weights[2], alone[0])


def test_groups_have_their_own_rate_and_decay() -> None:
    weights, gradient = buffers()
    start = weights.clone()
    groups = [
        Group(weights[:, :6], gradient[:, :6]),
        Group(weights[:, 6:], gradient[:, 6:], 10.0, decays=False),
    ]
    optimiser = SgdSteps(groups, 0.01, 0.5, 0.0)
    gradient.fill_(1.0)
    optimiser.step(NEVER)
    torch.testing.assert_close(weights[:, :6], start[:, :6] - 0.01 * (1 + 0.5 * start[:, :6]))
    torch.testing.assert_close(weights[:, 6:], start[:, 6:] - 0.1)


@pytest.mark.parametrize("kind", ["adam", "plain adam", "sgd"])
def test_a_scaled_step_is_a_step_at_another_rate(kind: str) -> None:
    """Replica by replica, decay included; and not the same as a scaled gradient."""

    def moved(rate: float, scale: torch.Tensor | None, replicas: int = 1) -> torch.Tensor:
        weights, gradient = buffers(replicas)
        weights.copy_(buffers()[0].expand_as(weights))
        groups = [Group(weights, gradient)]
        optimiser: Optimiser
        if kind == "sgd":
            optimiser = SgdSteps(groups, rate, 0.1, 0.9)
        else:
            optimiser = AdamSteps(
                groups, rate, 0.1, (0.9, 0.999), 1e-8, fused=None if kind == "adam" else False
            )
        generator = torch.Generator().manual_seed(1)
        for _ in range(5):
            gradient.copy_(torch.randn(1, 12, generator=generator).expand_as(gradient))
            optimiser.step(torch.zeros(replicas, dtype=torch.bool), scale)
        return weights

    torch.testing.assert_close(moved(0.01, torch.tensor([0.25])), moved(0.0025, None))
    together = moved(0.01, torch.tensor([0.25, 1.0, 0.5]), 3)
    for row, rate in zip(together, (0.0025, 0.01, 0.005), strict=True):
        torch.testing.assert_close(row.unsqueeze(0), moved(rate, None))


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_a_skipped_step_moves_nothing_whatever_its_scale(kind: str) -> None:
    weights, gradient = buffers()
    optimiser, before = build(kind, [Group(weights, gradient)]), weights.clone()
    gradient.fill_(torch.nan)
    optimiser.step(~NEVER, torch.tensor([torch.nan]))
    assert torch.equal(weights, before)
