"""Every initialisation, on a small network."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from clipviz.core.discovery import discover
from clipviz.models.base import Clips, Signal
from clipviz.models.mlp import MLP
from clipviz.policies.activations.none import NoClip
from clipviz.training.initialisations.base import Initialisation, weighted

STARTS = discover("clipviz.training.initialisations")
BATCH = torch.randn(256, 100, generator=torch.Generator().manual_seed(1)) * 3


def body(start: Initialisation, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    built = MLP(widths=(200, 300)).build(Signal(100), 4, Clips(NoClip()))
    start.apply(built, BATCH)
    return built


def spreads(start: Initialisation) -> list[float]:
    return [float(module.weight.std().detach()) for module in weighted(body(start))]


@pytest.mark.parametrize("name", STARTS)
def test_a_start_follows_from_the_seed_alone(name: str) -> None:
    def weights(seed: int) -> Tensor:
        return torch.cat(
            [parameter.detach().flatten() for parameter in body(STARTS[name](), seed).parameters()]
        )

    assert torch.equal(weights(0), weights(0)) and not torch.equal(weights(0), weights(1))


@pytest.mark.parametrize("name", STARTS)
def test_a_zeroed_last_layer_says_the_same_of_every_row(name: str) -> None:
    built = body(STARTS[name](zero_last=True))
    assert (built(BATCH) == 0).all()
    assert all(module.weight.abs().sum() > 0 for module in weighted(built, "layer 2"))


@pytest.mark.parametrize("name", sorted(set(STARTS) - {"framework"}))
def test_biases_start_at_0(name: str) -> None:
    assert all((module.bias == 0).all() for module in weighted(body(STARTS[name]())))


def test_the_spreads_are_those_of_the_formulas() -> None:
    assert spreads(STARTS["glorot"]()) == pytest.approx(
        [math.sqrt(2 / 300), math.sqrt(2 / 500), math.sqrt(2 / 304)], rel=0.05
    )
    assert spreads(STARTS["he"]()) == pytest.approx([math.sqrt(2 / n) for n in (100, 200, 300)], rel=0.08)
    assert spreads(STARTS["normal"](spread=0.3)) == pytest.approx([0.3] * 3, rel=0.05)


def test_orthogonal_matrices_keep_lengths() -> None:
    first = next(weighted(body(STARTS["orthogonal"](gain=2.0)))).weight.detach()  # (200, 100)
    assert torch.allclose(first.T @ first, 4 * torch.eye(100), atol=1e-4)


def test_unit_variance_gives_every_layer_outputs_of_variance_1() -> None:
    built = body(STARTS["unit_variance"]())
    said: list[float] = []
    for module in weighted(built):
        module.register_forward_hook(lambda _module, _inputs, values: said.append(float(values.std())))
    with torch.no_grad():
        built(BATCH)
    assert said == pytest.approx([1.0] * 3, rel=0.02)


def test_unit_variance_leaves_a_layer_that_says_nothing() -> None:
    torch.manual_seed(0)
    built = MLP(widths=(4,)).build(Signal(3), 1, Clips(NoClip()))
    STARTS["unit_variance"]().apply(built, torch.zeros(5, 3))
    assert all(torch.isfinite(parameter).all() for parameter in built.parameters())
