"""A policy's formula with its gradients, in float64, for reference vectors."""

from typing import Any, NamedTuple

import torch
from torch import Tensor


class Through(NamedTuple):
    """Values out, their slopes in x, and the summed gradient of each number."""

    y: list[float]
    dx: list[float]
    sent: dict[str, float | None]


def through(policy: Any, x: list[float], **numbers: float) -> Through:
    values = torch.tensor(x, dtype=torch.float64).unsqueeze(1).requires_grad_()
    held = {
        name: torch.tensor([number], dtype=torch.float64, requires_grad=True)
        for name, number in numbers.items()
    }
    said = policy.apply(values, **held)
    dx, *sent = torch.autograd.grad(said.sum(), [values, *held.values()], allow_unused=True)
    return Through(
        said.flatten().tolist(),
        dx.flatten().tolist(),
        {name: None if each is None else each.item() for name, each in zip(held, sent, strict=True)},
    )


def like(module: Any, policy: Any, values: Tensor, exact: bool = True) -> None:
    """Whether a policy says what a module of torch.nn says, values and slopes, to the bit or nearly."""
    ours, theirs = (values.clone().requires_grad_() for _ in range(2))
    built = policy.build(values.shape[1])
    (mine, his) = (built(ours), module(theirs))
    (dx,) = torch.autograd.grad(mine.sum(), ours)
    (hers,) = torch.autograd.grad(his.sum(), theirs)
    tolerance = {"rtol": 0.0, "atol": 0.0} if exact else {"rtol": 1e-6, "atol": 1e-7}
    torch.testing.assert_close(mine, his, **tolerance, equal_nan=True)
    torch.testing.assert_close(dx, hers, **tolerance, equal_nan=True)


def grid() -> Tensor:
    """(N, 1) values from −8 to 8, corners and ties included."""
    return torch.cat([torch.linspace(-8, 8, 321), torch.tensor([-6.0, -1, 0, 1, 6])]).unsqueeze(1)
