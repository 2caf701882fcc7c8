"""A stack says what its bodies say, and sends them the same gradients."""

from typing import Any

import pytest
import torch
from torch import nn

from clipviz.core.discovery import build
from clipviz.core.recipe import Recipe
from clipviz.models.base import Signal
from clipviz.training.flat import Flat
from clipviz.training.gauges import Gauges
from clipviz.training.network import clips
from clipviz.training.replicas.stack import Stack

from ..conftest import recipe

CLOSE: dict[str, Any] = {"atol": 1e-4, "rtol": 1e-4}
MLP = {"model__widths": (6, 5)}
NUMBERS = [{"activation__start": 0.4}, {"activation__start": 1.0}, {"activation__start": 2.5}]
CASES: dict[str, Any] = {
    "learned tanh": (MLP | {"activation__id": "learned_tanh"}, NUMBERS),
    "per channel": (MLP | {"activation__id": "learned_tanh", "activation__per": "channel"}, NUMBERS),
    "learned hard": (MLP | {"activation__id": "learned_hard"}, NUMBERS),
    "two bounds": (MLP | {"activation__id": "learned_range"}, NUMBERS),
    "lsq": (MLP | {"activation__id": "lsq"}, [{"activation__start": t} for t in (0.1, 0.2, 0.5)]),
    "fixed": (MLP | {"activation__id": "fixed"}, [{"activation__theta": t} for t in (0.3, 0.6, 1.2)]),
    "vector norm": (MLP | {"activation__id": "vector_norm"}, [{"activation__max_norm": t} for t in (0.3, 0.6, 1.2)]),
    "batch norm": (MLP | {"model__norm": "batch"}, [{}, {}, {}]),
    "layer norm": (MLP | {"model__norm": "layer", "model__residual": True, "model__widths": (5, 5)}, [{}, {}, {}]),
    "prelu": (MLP | {"model__nonlinearity": "prelu"}, [{}, {}, {}]),
    "chain": (
        MLP
        | {
            "clips_at": {
                "input": [{"id": "fixed", "theta": 0.5}],
                "layer 1": [{"id": "gelu"}, {"id": "pact", "start": 0.4, "bits": 2}],
                "output": [{"id": "soft_cap", "cap": 0.5}],
            }
        },
        [{}, {}, {}],
    ),
    "embedding": (MLP | {"model__embedding": 2}, [{}, {}, {}]),
    "cnn": (
        {"model": {"id": "cnn", "channels": (3, 4), "norm": "batch"}, "activation__id": "learned_tanh"},
        NUMBERS,
    ),
    "residual cnn": (
        {"model": {"id": "residual_cnn", "width": 2, "stages": 2, "blocks": 1}, "activation__id": "learned_hard"},
        NUMBERS,
    ),
    "vectors of a cnn": (
        {"model": {"id": "cnn", "channels": (3, 4)}, "activation__id": "vector_norm"},
        [{"activation__max_norm": t} for t in (0.3, 0.6, 1.2)],
    ),
}  # fmt: skip


def bodies(recipes: list[Recipe]) -> list[nn.Module]:
    made = []
    for seed, each in enumerate(recipes):
        torch.manual_seed(seed)
        image = (6, 6, 1) if each.model.id in ("cnn", "residual_cnn") else None
        signal = Signal(36, image=image) if image else Signal(7, categories=((5, 2),))
        made.append(build("clipviz.models", each.model).build(signal, 2, clips(each)))
    return made


@pytest.mark.parametrize(
    ("case", "batched"), [(case, None) for case in CASES] + [(case, False) for case in list(CASES)[:10:3]]
)
def test_it_says_what_each_body_says(case: str, batched: bool | None) -> None:
    shared, numbers = CASES[case]
    recipes = [recipe(**shared, **own) for own in numbers]
    alone, together = bodies(recipes), bodies(recipes)
    flats = [Flat(body, "cpu") for body in alone]
    rows = [Flat(body, "cpu") for body in together]
    whole = Flat.together(rows)
    stack = Stack(together, whole, batched)
    width = 36 if case.endswith("cnn") else 7
    inputs = torch.randn(3, 9, width, generator=torch.Generator().manual_seed(1))
    for mode in (True, False, True):
        taps: list[torch.Tensor] = []
        stack.train(mode)
        said = stack(inputs, taps)
        slopes = torch.autograd.grad(said.square().sum(), stack.leaves, materialize_grads=True)
        for place, body in enumerate(alone):
            own: list[torch.Tensor] = []
            body.train(mode)
            flats[place].gradient.zero_()
            answer = body(inputs[place], own)
            answer.square().sum().backward()
            torch.testing.assert_close(said[place], answer, **CLOSE)
            for tap, seen in zip(taps, own, strict=True):
                torch.testing.assert_close(tap[place], seen, **CLOSE)
            flat = torch.cat([slope[place].flatten() for slope in slopes])
            torch.testing.assert_close(flat, flats[place].gradient[0], **CLOSE)
    for body, row in zip(alone, together, strict=True):
        for name, held in body.state_dict().items():
            torch.testing.assert_close(row.state_dict()[name], held, **CLOSE)
    shared_inputs = inputs[0]
    torch.testing.assert_close(stack(shared_inputs)[1], together[1](shared_inputs))


@pytest.mark.parametrize("case", ["learned tanh", "per channel", "two bounds", "chain", "cnn"])
def test_its_gauges_are_those_of_each_body(case: str) -> None:
    shared, numbers = CASES[case]
    together = bodies([recipe(**shared, **own) for own in numbers])
    rows = [Flat(body, "cpu") for body in together]
    alone = [Gauges(body, row) for body, row in zip(together, rows, strict=True)]
    whole = Flat.together(rows)
    stack = Stack(together, whole)
    gauges = Gauges(stack, whole)
    assert gauges.series == alone[0].series and gauges.plain == alone[0].plain
    told = torch.zeros(3, len(gauges.series), dtype=torch.float64)
    gauges.attach(told)
    taps: list[torch.Tensor] = []
    with torch.no_grad():
        stack(torch.randn(3, 9, 36 if case == "cnn" else 7), taps)
        gauges.write(taps)
    for place, each in enumerate(alone):
        row = torch.zeros(1, len(each.series), dtype=torch.float64)
        each.attach(row)
        each.write([tap[place] for tap in taps])
        torch.testing.assert_close(told[place], row[0])


def test_mlps_run_without_vmap_and_others_through_it() -> None:
    for case, batched in {"learned tanh": True, "batch norm": True, "embedding": False, "cnn": False}.items():
        shared, numbers = CASES[case]
        made = bodies([recipe(**shared, **own) for own in numbers])
        whole = Flat.together([Flat(body, "cpu") for body in made])
        assert Stack(made, whole).batched is batched
