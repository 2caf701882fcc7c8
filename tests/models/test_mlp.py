"""The multilayer perceptron."""

import pytest
import torch
from torch import nn

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.models.mlp import MLP
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.learned_tanh import LearnedTanhClip
from clipviz.policies.activations.none import NoClip


def test_it_equals_the_network_one_would_write() -> None:
    body = MLP(widths=(4, 3)).build(2, 1, FixedClip(theta=0.5))
    first, second = body.hidden
    inputs = torch.randn(6, 2)
    hidden = first(inputs).relu().clamp(-0.5, 0.5)
    expected = body.output(second(hidden).relu().clamp(-0.5, 0.5))
    torch.testing.assert_close(body(inputs), expected)


def test_layers_have_names_and_hold_every_parameter_once() -> None:
    body = MLP(widths=(4, 3, 2)).build(2, 1, LearnedTanhClip())
    assert list(body.parts) == ["layer 1", "layer 2", "layer 3", "output"]
    assert list(body.clips) == ["layer 1", "layer 2", "layer 3"]
    held = [id(p) for modules in body.parts.values() for module in modules for p in module.parameters()]
    assert sorted(held) == sorted(id(p) for p in body.parameters())


def test_taps_are_what_flows_into_the_clips() -> None:
    body = MLP(widths=(4, 3)).build(2, 1, FixedClip(theta=0.1))
    taps: list[torch.Tensor] = []
    inputs = torch.randn(6, 2)
    body(inputs, taps)
    assert [tap.shape for tap in taps] == [(6, 4), (6, 3)]
    torch.testing.assert_close(taps[0], body.hidden[0](inputs).relu())


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "gelu", "silu", "tanh"])
def test_every_nonlinearity_builds(name: str) -> None:
    body = MLP.model_validate({"nonlinearity": name}).build(3, 2, NoClip())
    assert body(torch.randn(5, 3)).shape == (5, 2)


def test_dropout_acts_in_training_only() -> None:
    body = MLP(dropout=0.5).build(3, 1, NoClip())
    inputs = torch.randn(50, 3)
    assert not torch.equal(body(inputs), body(inputs))
    body.eval()
    assert torch.equal(body(inputs), body(inputs))


def test_the_same_seed_gives_the_same_weights() -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        weights.append(nn.utils.parameters_to_vector(MLP().build(3, 1, NoClip()).parameters()))
    assert torch.equal(*weights)


@pytest.mark.parametrize("widths", [(), (0,), (9000,), (4,) * 33])
def test_widths_out_of_range_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(InvalidRecipe, match="widths"):
        build("clipviz.models", Choice.of("mlp", widths=widths))
