"""Loss and gradient of a batch, in pieces and in low precision; the clip comes once, on the true gradient."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.training.assembly import Assembly, assemble

from .conftest import classification, recipe, regression

PLACES = torch.arange(50)


def assembled(**changes: object) -> Assembly:
    return assemble(recipe(activation__id="learned_tanh", **changes), regression(), "cpu")


def stepped(steps: int = 3, **changes: object) -> tuple[Assembly, list[dict[str, float]]]:
    assembly, said = assembled(**changes), []
    for _ in range(steps):
        assembly.step(assembly.train, PLACES)
        said.append(dict(zip(assembly.step.series, assembly.step.row[0].tolist(), strict=True)))
    return assembly, said


@pytest.mark.parametrize("pieces", [2, 3, 50, 1000])
@pytest.mark.parametrize("gradient", ["global_norm", "autoclip"])
def test_a_batch_in_pieces_is_the_same_batch(pieces: int, gradient: str) -> None:
    """Clipped once after the last piece, remembered once, uneven pieces weighted by their rows."""
    whole, said = stepped(gradient__id=gradient)
    parts, again = stepped(gradient__id=gradient, training__accumulation=pieces)
    torch.testing.assert_close(whole.flat.weights, parts.flat.weights, rtol=1e-4, atol=1e-6)
    for one, other in zip(said, again, strict=True):
        assert other == pytest.approx(one, rel=1e-4, abs=1e-7)


def test_the_reference_numbers_of_clipping_once() -> None:
    """Pieces [3, 4] and [0, 1], M = 1: once after them .514496, .857493; clipping each would give .3, .9."""
    clipper = assembled(gradient__id="global_norm").clipper
    pieces = torch.tensor([[[3.0, 4.0]], [[0.0, 1.0]]])
    once = pieces.mean(dim=0)
    clipper(once)
    assert once[0].tolist() == pytest.approx([0.514496, 0.857493], abs=1e-6)
    for piece in pieces:
        clipper(piece)
    assert pieces.mean(dim=0)[0].tolist() == pytest.approx([0.3, 0.9], abs=1e-6)


def test_classes_in_pieces_too() -> None:
    made = recipe(training__accumulation=3, gradient__id="global_norm")
    whole, parts = (
        assemble(recipe(gradient__id="global_norm"), classification(), "cpu"),
        assemble(made, classification(), "cpu"),
    )
    for assembly in (whole, parts):
        assembly.step(assembly.train, PLACES)
    torch.testing.assert_close(whole.flat.weights, parts.flat.weights, rtol=1e-4, atol=1e-6)


def test_weighted_classes_in_pieces_too() -> None:
    """The mean is over the weights of the whole batch, however they lie in the pieces."""
    loss = {"loss": {"id": "cross_entropy", "class_weighted": True}, "gradient__id": "global_norm"}
    table = classification(target=(np.arange(300) % 7 % 3).astype(np.float64))
    whole, parts = (
        assemble(recipe(**loss, training__accumulation=pieces), table, "cpu") for pieces in (1, 4)
    )
    for assembly in (whole, parts):
        assembly.step(assembly.train, PLACES)
    torch.testing.assert_close(whole.flat.weights, parts.flat.weights, rtol=1e-4, atol=1e-6)


def starve(assembly: Assembly, rows: int, error: Exception) -> None:
    """Makes a network fail as if more rows at once did not fit into memory."""
    body, backward = assembly.network.body, assembly.step.backward

    def limited(forward: Any) -> Any:
        def call(inputs: torch.Tensor, other: Any = None) -> Any:
            if len(inputs) > rows:
                raise error
            return forward(inputs, other)

        return call

    body.forward = limited(body.forward)
    backward._passing = backward._passing and limited(backward._passing)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
)
def test_where_memory_runs_out_the_batch_goes_in_smaller_pieces(error: Exception) -> None:
    whole, said = stepped(gradient__id="global_norm")
    starved = assembled(gradient__id="global_norm")
    starve(starved, 20, error)
    for number in said:
        starved.step(starved.train, PLACES)
        again = dict(zip(starved.step.series, starved.step.row[0].tolist(), strict=True))
        assert again == pytest.approx(number, rel=1e-4, abs=1e-7)
    assert starved.step.backward.pieces == 4
    torch.testing.assert_close(whole.flat.weights, starved.flat.weights, rtol=1e-4, atol=1e-6)


def test_where_nothing_fits_it_is_said() -> None:
    assembly = assembled()
    starve(assembly, 0, MemoryError("no room"))
    with pytest.raises(TrainingFailed, match=r"One row of a batch at a time must fit .* received no room"):
        assembly.step(assembly.train, PLACES)


@pytest.mark.parametrize(("rows", "remedy"), [(13, "Set training.batch_size to 12"), (0, "narrower layers")])
def test_batch_norms_are_not_shown_pieces_but_the_size_that_fits_is_named(rows: int, remedy: str) -> None:
    assembly = assembled(model__norm="batch")
    starve(assembly, rows, MemoryError())
    with pytest.raises(TrainingFailed, match=f"A whole batch must fit .* received 50 rows. .*{remedy}"):
        assembly.step(assembly.train, PLACES)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_low_precision_says_the_numbers_of_the_true_gradient(precision: str) -> None:
    _, exact = stepped(1, gradient__id="global_norm", gradient__max_norm=0.5)
    assembly, low = stepped(
        1, gradient__id="global_norm", gradient__max_norm=0.5, training__precision=precision
    )
    assert low[0]["gradient_norm"] == pytest.approx(exact[0]["gradient_norm"], rel=0.05)
    assert low[0]["gradient_norm_clipped"] == pytest.approx(0.5, rel=1e-5)
    assert low[0]["norm/layer 1"] == pytest.approx(exact[0]["norm/layer 1"], rel=0.05)
    assert low[0]["loss"] == pytest.approx(exact[0]["loss"], rel=0.02)
    assert assembly.flat.weights.dtype == torch.float32


def test_an_overflow_is_skipped_and_halves_the_scale() -> None:
    assembly = assembled(training__precision="float16", gradient__id="global_norm")
    before, state = assembly.flat.weights.clone(), assembly.step.state()
    assembly.train.goal[3] = 1e30
    assembly.step(assembly.train, PLACES)
    assert torch.equal(assembly.flat.weights, before)
    assert state["scale"].item() == 2.0**15
    assembly.train.goal[3] = 0.0
    assembly.step(assembly.train, PLACES)
    assert not torch.equal(assembly.flat.weights, before) and state["scale"].item() == 2.0**15


def test_a_step_that_the_clip_leaves_out_does_not_change_the_scale() -> None:
    changes = {
        "gradient__id": "skip_non_finite",
        "gradient__max_norm": 1e-3,
        "training__precision": "float16",
    }
    assembly, said = stepped(1, **changes)
    assert said[0]["skipped"] == 1 and assembly.step.state()["scale"].item() == 2.0**16


def test_clipping_before_unscaling_would_have_been_wrong() -> None:
    """[3, 4] at scale 1024 under M = 1: unscaled first .6, .8; the other way round .000586, .000781."""
    clipper = assembled(gradient__id="global_norm").clipper
    right = torch.tensor([[3.0, 4.0]])
    clipper(right)
    wrong = torch.tensor([[3.0, 4.0]]) * 1024
    clipper(wrong)
    assert right[0].tolist() == pytest.approx([0.6, 0.8], rel=1e-5)
    assert (wrong / 1024)[0].tolist() == pytest.approx([0.000586, 0.000781], abs=1e-6)
