"""The optimisers on flat buffers, against torch.optim and against their plain form."""

from typing import Any

import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.training.optimisers._adam_steps import AdamSteps
from clipviz.training.optimisers._steps import SgdSteps
from clipviz.training.optimisers.base import Group, Optimiser, OptimiserRecipe

NEVER = torch.zeros(1, dtype=torch.bool)
KINDS: dict[str, type[OptimiserRecipe]] = discover("clipviz.training.optimisers")
JUDGES: dict[str, Any] = {
    "adagrad": torch.optim.Adagrad,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nesterov": lambda weights, **more: torch.optim.SGD(weights, momentum=0.9, nesterov=True, **more),
    "rmsprop": torch.optim.RMSprop,
    "sgd": lambda weights, **more: torch.optim.SGD(weights, momentum=0.9, **more),
}


def rates(*values: float) -> torch.Tensor:
    return torch.tensor(values)


def buffers(replicas: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, 12, generator=generator).expand(replicas, 12).clone(), torch.zeros(replicas, 12)


def walk(
    optimiser: Optimiser,
    gradient: torch.Tensor,
    skip: torch.Tensor = NEVER,
    steps: int = 20,
    rate: torch.Tensor | None = None,
) -> None:
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        gradient.copy_(torch.randn(1, 12, generator=generator).expand_as(gradient))
        optimiser.step(
            skip.expand(len(gradient)), rates(0.01).expand(len(gradient)) if rate is None else rate
        )


def walked(recipe: OptimiserRecipe, **more: Any) -> torch.Tensor:
    weights, gradient = buffers()
    walk(recipe.build([Group(weights, gradient)]), gradient, **more)
    return weights


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("kind", KINDS)
def test_it_equals_torch(kind: str, decay: float) -> None:
    theirs = torch.nn.Parameter(buffers()[0])
    judge = JUDGES[kind]([theirs], lr=0.01, weight_decay=decay)
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        theirs.grad = torch.randn(1, 12, generator=generator)
        judge.step()
    torch.testing.assert_close(walked(KINDS[kind](weight_decay=decay)), theirs.data)


def test_rmsprop_with_momentum_equals_torch_too() -> None:
    theirs = torch.nn.Parameter(buffers()[0])
    judge = torch.optim.RMSprop([theirs], lr=0.01, momentum=0.9, alpha=0.9)
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        theirs.grad = torch.randn(1, 12, generator=generator)
        judge.step()
    ours = walked(KINDS["rmsprop"].model_validate({"momentum": 0.9, "memory": 0.9}))
    torch.testing.assert_close(ours, theirs.data)


@pytest.mark.parametrize("decoupled", [True, False])
def test_the_fused_kernel_equals_its_plain_twin(decoupled: bool) -> None:
    ways = []
    for fused in (True, False):
        weights, gradient = buffers()
        group = Group(weights, gradient)
        walk(AdamSteps([group], 0.1, (0.9, 0.999), 1e-8, decoupled, fused=fused), gradient)
        ways.append(weights)
    torch.testing.assert_close(*ways)


@pytest.mark.parametrize("poison", [torch.nan, torch.inf])
@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warm", [0, 3])
def test_a_skipped_step_changes_no_bit(kind: str, warm: int, replicas: int, poison: float) -> None:
    """Whatever the gradient, and whatever the rate."""
    weights, gradient = buffers(replicas)
    optimiser = KINDS[kind](weight_decay=0.1).build([Group(weights, gradient)])
    walk(optimiser, gradient, steps=warm)
    before = weights.clone()
    state = {name: tensor.clone() for name, tensor in optimiser.state().items()}
    gradient.fill_(poison)
    optimiser.step(~NEVER.expand(replicas), rates(torch.nan).expand(replicas))
    assert torch.equal(weights, before)
    assert all(torch.equal(tensor, state[name]) for name, tensor in optimiser.state().items())
    walk(optimiser, gradient, steps=2)
    assert weights.isfinite().all() and not torch.equal(weights, before)


@pytest.mark.parametrize("kind", KINDS)
def test_replicas_move_and_skip_alone(kind: str) -> None:
    weights, gradient = buffers(3)
    start = weights[1].clone()
    walk(KINDS[kind]().build([Group(weights, gradient)]), gradient, torch.tensor([False, True, False]))
    alone = walked(KINDS[kind]())[0]
    assert torch.equal(weights[1], start)
    torch.testing.assert_close(weights[0], alone)
    torch.testing.assert_close(weights[2], alone)


@pytest.mark.parametrize("kind", KINDS)
def test_replicas_may_differ_in_every_number(kind: str) -> None:
    """Each equals its solo walk: rate, decay, and every other field."""
    cls = KINDS[kind]
    other = {
        "weight_decay": 0.2,
        "momentum": 0.5,
        "memory": 0.9,
        "beta1": 0.8,
        "beta2": 0.95,
        "epsilon": 1e-3,
    }
    recipes = [
        cls(),
        cls.model_validate({name: value for name, value in other.items() if name in cls.model_fields}),
    ]
    weights, gradient = buffers(2)
    together = cls.together(recipes, [Group(weights, gradient)])
    walk(together, gradient, rate=rates(0.01, 0.003))
    for row, recipe, rate in zip(weights, recipes, (0.01, 0.003), strict=True):
        torch.testing.assert_close(row, walked(recipe, rate=rates(rate))[0])


@pytest.mark.parametrize("kind", KINDS)
def test_replicas_may_differ_in_the_rate_of_a_group(kind: str) -> None:
    multiples = (0.1, 1.0, 3.0)
    weights, gradient = buffers(3)
    optimiser = KINDS[kind]().build([Group(weights, gradient, torch.tensor(multiples).unsqueeze(1))])
    walk(optimiser, gradient)
    for row, multiple in zip(weights, multiples, strict=True):
        torch.testing.assert_close(row, walked(KINDS[kind](), rate=rates(0.01 * multiple))[0])


def test_groups_have_their_own_rate_and_decay() -> None:
    weights, gradient = buffers()
    start = weights.clone()
    groups = [
        Group(weights[:, :6], gradient[:, :6]),
        Group(weights[:, 6:], gradient[:, 6:], 10.0, decays=False),
    ]
    optimiser = SgdSteps(groups, 0.5, 0.0)
    gradient.fill_(1.0)
    optimiser.step(NEVER, rates(0.01))
    torch.testing.assert_close(weights[:, :6], start[:, :6] - 0.01 * (1 + 0.5 * start[:, :6]))
    torch.testing.assert_close(weights[:, 6:], start[:, 6:] - 0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_only_decoupled_decay_is_the_same_whatever_the_gradient(kind: str) -> None:
    """With a gradient of 0, Adam's decay is a step of a fixed length; AdamW's a share of the weight."""
    weights, gradient = buffers()
    start = weights.clone()
    KINDS[kind](weight_decay=0.5).build([Group(weights, gradient)]).step(NEVER, rates(0.01))
    moved = start - weights
    if kind == "adamw":
        torch.testing.assert_close(moved, 0.01 * 0.5 * start)
    if kind == "adam":
        torch.testing.assert_close(moved, 0.01 * start.sign(), rtol=1e-4, atol=1e-7)
    assert torch.equal(moved.sign(), start.sign())
