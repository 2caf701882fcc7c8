"""The two passes of a plain sequence, against autograd on the same network."""

from typing import Any

import pytest
import torch
from torch import nn

from clipviz.core.discovery import build
from clipviz.models.base import Signal
from clipviz.training.explicit.losses import explicit
from clipviz.training.explicit.passing import Passing, follows
from clipviz.training.flat import Flat
from clipviz.training.network import clips
from clipviz.training.replicas.backward import together
from clipviz.training.replicas.stack import Stack

from ..conftest import recipe

CLOSE: dict[str, Any] = {"atol": 1e-6, "rtol": 1e-4}
MLP = {"model__widths": (6, 5)}
TWO = [{"id": "learned_tanh", "start": 0.7}, {"id": "fixed", "theta": 0.5}]
STRAIGHT = [{"id": "straight_through", "start": 0.5}]
CHANNEL = [{"id": "learned_tanh", "per": "channel", "start": 0.6}]
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "learned tanh": {"activation__id": "learned_tanh", "activation__start": 0.6},
    "learned hard": {"activation__id": "learned_hard", "activation__start": 0.6},
    "fixed": {"activation__id": "fixed", "activation__theta": 0.4},
    "relu6": {"activation__id": "relu6", "activation__theta": 0.4},
    "soft corners": {"activation__id": "soft_clip", "activation__start": 0.6},
    "by autograd": {"activation__id": "learned_range", "activation__start": 0.5},
    "one theta, by autograd": {"activation__id": "straight_through", "activation__start": 0.6},
    "both kinds": {"activation__id": "learned_tanh", "activation__start": 0.6, "clips_at": {"layer 2": STRAIGHT}},
    "function": {"activation__id": "gelu"},
    "learned function": {"model__nonlinearity": "prelu", "activation__id": "learned_tanh", "activation__start": 0.6},
    "per channel": {"activation__id": "learned_tanh", "activation__per": "channel", "activation__start": 0.6},
    "one channel": {"activation__id": "learned_hard", "clips_at": {"layer 1": CHANNEL}, "model__widths": (1, 5)},
    "chain": {"activation__id": "relu6", "clips_at": {"input": TWO, "layer 2": TWO, "output": [{"id": "sigmoid"}]}},
    "edges": {"clips_at": {"input": [{"id": "relu"}, {"id": "fixed", "theta": 1.0}], "layer 1": [], "output": TWO}},
}  # fmt: skip
LOSSES = {"squared error": nn.MSELoss(), "huber": nn.HuberLoss(), "cross-entropy": nn.CrossEntropyLoss()}


def bodies(case: str, count: int) -> list[Any]:
    made = recipe(**(MLP | CASES[case]))
    found = []
    for seed in range(count):
        torch.manual_seed(seed)
        found.append(build("clipviz.models", made.model).build(Signal(4), 3, clips(made)))
    return found


def batches(loss: str, *lead: int) -> Any:
    """Two batches of different sizes, so that the memory of both is used again."""
    generator = torch.Generator().manual_seed(1)
    for rows in (9, 5, 9):
        classes = torch.randint(3, (*lead, rows), generator=generator)
        goal = classes if loss == "cross-entropy" else torch.randn(*lead, rows, 3, generator=generator)
        yield torch.randn(*lead, rows, 4, generator=generator), goal


@pytest.mark.parametrize(
    ("case", "loss"),
    [(case, "squared error") for case in CASES] + [("learned tanh", name) for name in LOSSES],
)
def test_one_network(case: str, loss: str) -> None:
    criterion, (body,) = LOSSES[loss], bodies(case, 1)
    flat = Flat(body, "cpu")
    assert follows(body, flat)
    passing = Passing(body, explicit(criterion, None), flat)
    for inputs, goal in batches(loss):
        own: list[torch.Tensor] = []
        flat.gradient.zero_()
        wanted = criterion(body(inputs, own), goal)
        wanted.backward()
        expected = flat.gradient.clone()
        flat.gradient.zero_()
        given = inputs.clone()
        said, taps = passing(given, goal)
        torch.testing.assert_close(said, wanted.detach(), **CLOSE)
        torch.testing.assert_close(flat.gradient, expected, **CLOSE)
        for tap, seen in zip(taps, own, strict=True):
            torch.testing.assert_close(tap, seen.detach())


@pytest.mark.parametrize(
    ("case", "loss"),
    [(case, "squared error") for case in CASES] + [("learned tanh", name) for name in LOSSES],
)
@pytest.mark.parametrize("replicas", [1, 3])
def test_many_networks(case: str, loss: str, replicas: int) -> None:
    criterion, made = LOSSES[loss], bodies(case, replicas)
    whole = Flat.together([Flat(body, "cpu") for body in made])
    stack = Stack(made, whole)
    several = together([criterion] * replicas)
    passing = Passing(stack.plain, explicit(criterion, several), whole, stacked=True)
    for inputs, goal in batches(loss, replicas):
        own: list[torch.Tensor] = []
        wanted = several(stack(inputs, own), goal)
        slopes = torch.autograd.grad(wanted.sum(), stack.leaves, materialize_grads=True)
        whole.gradient.zero_()
        said, taps = passing(inputs, goal)
        torch.testing.assert_close(said, wanted.detach(), **CLOSE)
        torch.testing.assert_close(whole.gradient, torch.cat([s.flatten(1) for s in slopes], 1), **CLOSE)
        for tap, seen in zip(taps, own, strict=True):
            torch.testing.assert_close(tap, seen.detach())


@pytest.mark.parametrize(
    "change", [{"norm": "layer"}, {"dropout": 0.1}, {"residual": True}, {"embedding": 2}]
)
def test_what_is_no_plain_sequence_is_left_to_autograd(change: dict[str, Any]) -> None:
    made = recipe(**{f"model__{name}": value for name, value in change.items()}, model__widths=(5, 5))
    signal = Signal(7, categories=((5, 2),))
    body = build("clipviz.models", made.model).build(signal, 2, clips(made))
    assert not follows(body, Flat(body, "cpu"))


def test_a_frozen_weight_leaves_it_to_autograd() -> None:
    (body,) = bodies("plain", 1)
    body.hidden[0].weight.requires_grad_(False)
    assert not follows(body, Flat(body, "cpu"))
