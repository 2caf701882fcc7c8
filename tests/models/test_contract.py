"""What every model keeps to, over all that are discovered."""

import pytest
import torch
from torch import Tensor, nn

from clipviz.core.discovery import discover
from clipviz.core.errors import InvalidRecipe
from clipviz.models.base import Clips
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.none import NoClip
from tests.models.specimens import LEARNED, SIGNALS, body, rows, signal_of

MODELS = discover("clipviz.models")


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> type:
    return MODELS[request.param]


def test_every_field_explains_itself(model: type) -> None:
    assert model.__doc__ and model.title
    for name, field in model.model_fields.items():
        told = field.json_schema_extra
        assert field.title and field.description and isinstance(told, dict), name
        for value in told["sweep"]:
            model.model_validate({name: value})


def test_defaults_give_outputs_for_what_it_takes(model: type) -> None:
    for takes in model.takes:
        signal = SIGNALS[takes]
        built = model().build(signal, 4, Clips(LEARNED))
        assert built(rows(signal)).shape == (6, 4)


def test_what_it_does_not_take_is_refused_in_words(model: type) -> None:
    for takes in set(SIGNALS) - set(model.takes):
        with pytest.raises(InvalidRecipe, match=r"takes.*[Pp]ick another model"):
            model().build(SIGNALS[takes], 1, Clips(NoClip()))


def test_parts_hold_every_parameter_once_and_places_every_clip(model: type) -> None:
    built = body(model(), LEARNED)
    held = [id(p) for modules in built.parts.values() for module in modules for p in module.parameters()]
    assert sorted(held) == sorted(id(p) for p in built.parameters())
    assert set(built.clips) <= set(model().places())
    assert [name for name in model().places() if name in built.clips] == list(built.clips)


def test_a_clip_can_sit_at_every_place(model: type) -> None:
    tiny = FixedClip(theta=1e-3)
    places = dict.fromkeys(model().places(), (tiny,))
    signal = signal_of(model)
    built = model().build(signal, 3, Clips(NoClip(), places))
    assert list(built.clips) == list(model().places())
    assert built(rows(signal)).abs().max() <= 1e-3


def test_taps_are_what_flows_into_each_place(model: type) -> None:
    taps: list[Tensor] = []
    built = body(model(), LEARNED).eval()
    flowed: list[Tensor] = []
    for place in built.clips.values():
        place.chain[0].register_forward_pre_hook(lambda _module, inputs: flowed.append(inputs[0]))
    built(rows(signal_of(model)), taps)
    assert len(taps) == len(built.clips) == len(flowed)
    assert all(torch.equal(tap, seen) for tap, seen in zip(taps, flowed, strict=True))


def test_every_parameter_gets_a_gradient(model: type) -> None:
    built = body(model(), LEARNED)
    built(rows(signal_of(model), 32)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in built.parameters())
    silent = [name for name, p in built.named_parameters() if not p.grad.any()]
    assert not silent


def test_the_same_seed_gives_the_same_weights(model: type) -> None:
    first, second, other = (
        nn.utils.parameters_to_vector(body(model(), seed=seed).parameters()) for seed in (3, 3, 4)
    )
    assert torch.equal(first, second) and not torch.equal(first, other)


def test_a_row_is_judged_alone(model: type) -> None:
    built = body(model(), LEARNED).eval()
    values = rows(signal_of(model))
    alone = torch.cat([built(row.unsqueeze(0)) for row in values])
    torch.testing.assert_close(built(values), alone, rtol=1e-4, atol=1e-5)
