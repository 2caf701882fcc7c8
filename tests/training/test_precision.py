"""Which precision a run computes in where its recipe leaves it open."""

from pathlib import Path

import pytest
import torch
from torch import nn

from clipviz.core.recipe import Choice
from clipviz.core.run import State
from clipviz.training import precision
from clipviz.training.assembly import assemble
from clipviz.training.loop import train
from clipviz.training.precision import multiplications, settled

from .conftest import Ear, recipe, regression
from .steps import of

CUDA = torch.device("cuda")


@pytest.mark.parametrize(
    ("name", "by_layer"),
    [
        # 8x8 and 4x4 pixels, 3x3 kernels; then 2x2 maps of 8 to 2 classes
        ("cnn", [64 * 9 * 4, 16 * 9 * 4 * 8, 8 * 4 * 2]),
        # 6 words through two layers of 4 gates, from 4 and 6 numbers to 6; then 2 classes
        ("lstm", [6 * 4 * 6 * (4 + 6), 6 * 4 * 6 * (6 + 6), 6 * 2]),
    ],
)
def test_multiplications_are_counted_by_layer(name: str, by_layer: list[int]) -> None:
    table, made = of(name)
    network = assemble(made, table, "cpu").network
    before = {key: held.clone() for key, held in network.state_dict().items()}
    assert multiplications(network.body, torch.ones(1, network.front.outputs)) == by_layer
    assert network.body.training, "as it was"
    assert all(torch.equal(held, before[key]) for key, held in network.state_dict().items())


@pytest.mark.parametrize(
    ("width", "has", "chosen", "why"),
    [
        (64, True, "float32", r"with 1 million multiplications a layer and batch, bfloat16 would not pay"),
        (
            4096,
            True,
            "bfloat16",
            r"in bfloat16: with 2,147 million multiplications a layer and batch, it pays",
        ),
        (4096, False, "float32", "this GPU has no bfloat16"),
    ],
)
def test_it_is_bfloat16_where_layers_are_large(
    width: int, has: bool, chosen: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has)
    body = nn.Linear(width, width, device="meta")
    found = settled("auto", body, torch.zeros(1, width, device="meta"), 128, CUDA)
    assert found[0] == chosen and why in found[1]


@pytest.mark.parametrize("asked", ["float32", "bfloat16", "float16"])
def test_what_is_asked_for_is_taken(asked: precision.Precision) -> None:
    assert settled(asked, nn.Identity(), torch.zeros(1, 1), 1, CUDA) == (asked, "")


def test_on_the_cpu_it_is_float32_and_said(tmp_path: Path) -> None:
    ears, losses = (Ear(), Ear()), []
    for ear, asked in zip(ears, ("auto", "float32"), strict=True):
        made = recipe(training__epochs=2, training__precision=asked, model=Choice.of("mlp", widths=(6,)))
        state, _ = train(made, regression(), ear, device="cpu", folder=tmp_path / asked)
        assert state is State.FINISHED
        losses.append(ear.line("step", "loss").tolist())
    assert losses[0] == losses[1]
    assert "computes in float32: bfloat16 pays on a GPU only" in ears[0].words("info")
