"""The multilayer perceptron."""

from typing import get_args

import pytest
import torch
from torch import nn

from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.models.base import Clips, Nonlinearity, Signal
from clipviz.models.mlp import MLP
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.gelu import Gelu
from clipviz.policies.activations.learned_tanh import LearnedTanhClip
from clipviz.policies.activations.none import NoClip


def test_it_equals_the_network_one_would_write() -> None:
    body = MLP(widths=(4, 3)).build(Signal(2), 1, Clips(FixedClip(theta=0.5)))
    first, second = body.hidden
    inputs = torch.randn(6, 2)
    hidden = first(inputs).relu().clamp(-0.5, 0.5)
    expected = body.output(second(hidden).relu().clamp(-0.5, 0.5))
    torch.testing.assert_close(body(inputs), expected)


def test_layers_have_names_and_hold_every_parameter_once() -> None:
    body = MLP(widths=(4, 3, 2)).build(Signal(2), 1, Clips(LearnedTanhClip()))
    assert list(body.parts) == ["layer 1", "layer 2", "layer 3", "output"]
    assert list(body.clips) == ["layer 1", "layer 2", "layer 3"]
    held = [id(p) for modules in body.parts.values() for module in modules for p in module.parameters()]
    assert sorted(held) == sorted(id(p) for p in body.parameters())


def test_taps_are_what_flows_into_the_clips() -> None:
    body = MLP(widths=(4, 3)).build(Signal(2), 1, Clips(FixedClip(theta=0.1)))
    taps: list[torch.Tensor] = []
    inputs = torch.randn(6, 2)
    body(inputs, taps)
    assert [tap.shape for tap in taps] == [(6, 4), (6, 3)]
    torch.testing.assert_close(taps[0], body.hidden[0](inputs).relu())


@pytest.mark.parametrize("name", get_args(Nonlinearity))
def test_every_nonlinearity_builds(name: str) -> None:
    body = MLP.model_validate({"nonlinearity": name}).build(Signal(3), 2, Clips(NoClip()))
    assert body(torch.randn(5, 3)).shape == (5, 2)


def test_every_activation_function_may_be_the_nonlinearity() -> None:
    functions = [id for id, cls in discover("clipviz.policies.activations").items() if cls.role == "function"]
    assert sorted(functions) == sorted(set(get_args(Nonlinearity)) - {"none"})


def test_an_activation_function_stands_in_the_place_of_the_nonlinearity() -> None:
    body = MLP(widths=(4,)).build(Signal(2), 1, Clips(Gelu()))
    inputs = torch.randn(6, 2)
    expected = body.output(nn.functional.gelu(body.hidden[0](inputs)))
    torch.testing.assert_close(body(inputs), expected)


def test_each_place_may_have_a_chain_of_its_own() -> None:
    places = {
        "input": (FixedClip(theta=1.0),),
        "layer 2": (Gelu(), FixedClip(theta=0.2), LearnedTanhClip(start=0.1)),
        "layer 3": (),
        "output": (FixedClip(theta=0.05),),
    }
    body = MLP(widths=(4, 3, 2)).build(Signal(2), 1, Clips(FixedClip(theta=0.5), places))
    inputs = torch.randn(20, 2) * 3
    values = body.hidden[0](inputs.clamp(-1, 1)).relu().clamp(-0.5, 0.5)
    values = 0.1 * (nn.functional.gelu(body.hidden[1](values)).clamp(-0.2, 0.2) / 0.1).tanh()
    values = body.output(body.hidden[2](values).relu()).clamp(-0.05, 0.05)
    taps: list[torch.Tensor] = []
    torch.testing.assert_close(body(inputs, taps), values)
    assert list(body.clips) == ["input", "layer 1", "layer 2", "layer 3", "output"]
    assert len(taps) == 5 and torch.equal(taps[0], inputs)
    assert set(body.clips) <= set(MLP(widths=(4, 3, 2)).places())


def test_it_vectorises_and_leaves_with_clips_everywhere() -> None:
    """Replicas whose thresholds differ, learned and fixed, equal each alone; and torch.export takes them."""
    bodies = [
        MLP(widths=(4, 3)).build(
            Signal(2), 1, Clips(LearnedTanhClip(start=at), {"output": (FixedClip(theta=at),)})
        )
        for at in (0.3, 1.0, 3.0)
    ]
    inputs = torch.randn(7, 2)
    alone = torch.stack([body(inputs) for body in bodies])
    torch.testing.assert_close(torch.export.export(bodies[0], (inputs,)).module()(inputs), alone[0])
    held = torch.func.stack_module_state(bodies)
    base = bodies[0].to("meta")
    together = torch.func.vmap(lambda state: torch.func.functional_call(base, state, (inputs,)))(held)
    torch.testing.assert_close(together, alone)


def test_dropout_acts_in_training_only() -> None:
    body = MLP(dropout=0.5).build(Signal(3), 1, Clips(NoClip()))
    inputs = torch.randn(50, 3)
    assert not torch.equal(body(inputs), body(inputs))
    body.eval()
    assert torch.equal(body(inputs), body(inputs))


def test_the_same_seed_gives_the_same_weights() -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        weights.append(nn.utils.parameters_to_vector(MLP().build(Signal(3), 1, Clips(NoClip())).parameters()))
    assert torch.equal(*weights)


@pytest.mark.parametrize("widths", [(), (0,), (9000,), (4,) * 33])
def test_widths_out_of_range_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(InvalidRecipe, match="widths"):
        build("clipviz.models", Choice.of("mlp", widths=widths))
