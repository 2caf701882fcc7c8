"""A step that is recorded once and replayed; on the CPU a tape stands for the CUDA graph."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.models import _lstm_network
from clipviz.training import graph, loop, report
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.ending import MODEL
from clipviz.training.graph import WARM, Captured, moving
from clipviz.training.loop import train
from clipviz.training.replicas import program
from clipviz.training.replicas.machine import Machine
from clipviz.training.replicas.many import train_many
from clipviz.training.replicas.member import Member
from clipviz.training.telemetry import Ring

from .conftest import Ear, classification, recipe, regression
from .steps import CASES, of
from .tape import TapeRecorder

SIZE = 12


@pytest.fixture(autouse=True)
def plain_operations(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread; shapes that stay, as on a GPU; and no library whose recurrent layer gives other outputs where
    nothing is learned.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    monkeypatch.setattr(_lstm_network, "_read", lambda values, final: values)
    yield
    torch.set_num_threads(before)


def ring_of(assembly: Assembly) -> Ring:
    ring = Ring(len(assembly.step.series), 64, "cpu", device_cursor=True)
    ring.start(1)
    return ring


def told(ring: Ring) -> np.ndarray:
    blocks: list[np.ndarray] = []
    ring.flush(lambda steps, values: blocks.append(values), wait=True)
    return np.concatenate(blocks)


def batches(assembly: Assembly, count: int, size: int = SIZE) -> Iterator[torch.Tensor]:
    for step in range(count):
        generator = np.random.default_rng(step)
        yield torch.from_numpy(generator.choice(len(assembly.train), size, replace=False))


def run(
    made: Recipe, table: Table, recorder: TapeRecorder | None, steps: int, like: Assembly | None = None
) -> tuple[Assembly, np.ndarray]:
    assembly = assemble(made, table, "cpu", like=like)
    ring = ring_of(assembly)
    words: list[str] = []
    move = moving(assembly.step, ring, "auto", words.append)
    if recorder is not None:
        move = Captured(assembly.step, ring, recorder, words.append)
    torch.manual_seed(1)
    for number, places in enumerate(batches(assembly, steps)):
        assembly.rates.at(number)
        move(assembly.train, places)
    assert words == ([] if recorder is None else ["each step is launched as one CUDA graph from here on"])
    return assembly, told(ring)


@pytest.mark.parametrize("name", CASES)
def test_replays_give_the_numbers_of_steps_as_they_are(name: str) -> None:
    """Nothing in a step comes from the host, nothing goes there, and all that lasts lies in the same memory."""
    table, made = of(name)
    few = name == "resnet18"
    recorder = TapeRecorder()
    ours, rows = run(made, table, recorder, WARM + (1 if few else 3))
    twin, expected = run(made, table, None, WARM + (1 if few else 3), ours)
    assert (recorder.warmed, recorder.recorded) == (WARM, 1) and recorder.replays == (1 if few else 3)
    np.testing.assert_array_equal(rows, expected)
    assert torch.equal(ours.flat.weights, twin.flat.weights)
    for state, other in (
        (ours.optimiser, twin.optimiser),
        (ours.clipper, twin.clipper),
        (ours.step, twin.step),
    ):
        for key, held in state.state().items():
            assert torch.equal(held.nan_to_num(7), other.state()[key].nan_to_num(7)), key
    for key, held in ours.flat.running.items():
        assert torch.equal(held, twin.flat.running[key]), key


def test_a_smaller_last_batch_has_a_graph_of_its_own() -> None:
    assembly = assemble(recipe(), regression(), "cpu")
    recorder, ring = TapeRecorder(), ring_of(assembly)
    move = Captured(assembly.step, ring, recorder, lambda text: None)
    sizes = [12, 12, 5] * 5
    for step, size in enumerate(sizes):
        move(assembly.train, next(batches(assembly, 1, size)) + step % 3)
    assert recorder.recorded == 2 and recorder.warmed == 2 * WARM and recorder.replays == 15 - 2 * WARM
    assert len(told(ring)) == 15


@pytest.fixture
def taped(monkeypatch: pytest.MonkeyPatch) -> TapeRecorder:
    """Runs and programs are captured on tapes."""
    recorder = TapeRecorder()

    def captured(step: Any, ring: Ring, wanted: str, say: Any) -> Any:
        return Captured(step, ring, recorder, say) if wanted == "auto" else moving(step, ring, "off", say)

    for module in (loop, program):
        monkeypatch.setattr(module, "moving", captured)
    for module in (report, program):
        monkeypatch.setattr(module, "Ring", partial(Ring, device_cursor=True))
    return recorder


SHORT: dict[str, Any] = {
    "training__epochs": 10,
    "activation__id": "learned_tanh",
    "model": Choice.of("mlp", widths=(6, 6), dropout=0.1),
    "schedule__id": "cosine",
}


@pytest.mark.parametrize("resident", [None, 0], ids=["resident", "streamed"])
def test_a_run_ends_with_the_bits_of_one_that_is_not_captured(
    resident: int | None, taped: TapeRecorder, tmp_path: Path
) -> None:
    """Paused in the middle, too; and evaluations, which draw random numbers of their own, come in between."""
    table, found = classification(), []
    for name in ("auto", "off", "paused"):
        ear = Ear(lambda flushes, name=name: "pause" if (name, flushes) == ("paused", 40) else "run")  # type: ignore[misc]
        made = recipe(**SHORT, training__graph="off" if name == "off" else "auto")
        given: dict[str, Any] = {"device": "cpu", "folder": tmp_path / name, "resident_bytes": resident}
        state, _ = train(made, table, ear, flush_seconds=0.0, **given)
        if state is State.PAUSED:
            train(made, table, ear, **given)
        found.append((load_file(tmp_path / name / MODEL), ear.line("step", "loss").tolist()))
        said = any("launched as one CUDA graph" in text for text in ear.words("info"))
        assert said == (name != "off")
    assert taped.replays > 80
    for weights, losses in found[1:]:
        assert losses == found[0][1]
        assert all(torch.equal(held, found[0][0][key]) for key, held in weights.items())


def test_replicas_are_captured_together(taped: TapeRecorder, tmp_path: Path) -> None:
    """Through batched layers; and a program that lost a member is captured anew."""
    table, losses = regression(), []
    for wanted in ("auto", "off"):
        recipes = [
            recipe(
                training__graph=wanted, training__epochs=15, optimiser__id="sgd", gradient__id="autoclip",
                activation__id="learned_hard", model__widths=(6,), seed=seed, stopping__most_steps=steps,
            )
            for seed, steps in ((1, None), (2, None))
        ]  # fmt: skip
        ears = [Ear(), Ear(lambda flushes: "stop" if flushes == 8 else "run")]
        folders = [tmp_path / wanted / str(seed) for seed in (1, 2)]
        ends = train_many(
            recipes, table, ears, device="cpu", folders=folders, home=tmp_path / wanted, flush_seconds=0.0
        )
        assert [end.state for end in ends] == [State.FINISHED, State.STOPPED]
        losses.append([ear.line("step", "loss").tolist() for ear in ears])
    assert taped.recorded == 3, "full batches; and after one was stopped full ones anew, and last ones"
    assert losses[0] == losses[1]


def test_networks_that_go_through_vmap_are_captured_too() -> None:
    """Convolutions with dropout, whose masks are drawn inside vmap."""
    found = []
    for recorder in (TapeRecorder(), None):
        table, made = of("cnn")
        made = made.replace("optimiser", Choice.of("sgd"))
        members = [
            Member(each, assemble(each, table, "cpu"), table, Ear(), Path(str(seed)), "cpu")
            for seed, each in enumerate(made.replace("seed", seed) for seed in (1, 2))
        ]
        machine = Machine(members, apart=False)
        ring = Ring(len(machine.step.series), 64, "cpu", 2, device_cursor=True)
        ring.start(1)
        move = moving(machine.step, ring, "auto", lambda text: None)
        if recorder is not None:
            move = Captured(machine.step, ring, recorder, lambda text: None)
        torch.manual_seed(3)
        for step in range(WARM + 2):
            move(machine.train, torch.arange(2 * step, 2 * step + 16).view(2, 8))  # type: ignore[arg-type]
        found.append(told(ring))
    np.testing.assert_array_equal(*found)


def test_what_cannot_be_recorded_runs_as_it_is_and_says_why(tmp_path: Path, taped: TapeRecorder) -> None:
    taped.fails = RuntimeError("operation not permitted when stream is capturing\nmore")
    ear, plain = Ear(), Ear()
    made = recipe(training__epochs=3)
    assert train(made, regression(), ear, device="cpu", folder=tmp_path / "one")[0] is State.FINISHED
    off = made.replace("training.graph", "off")
    train(off, regression(), plain, device="cpu", folder=tmp_path / "other")
    assert ear.line("step", "loss").tolist() == plain.line("step", "loss").tolist()
    said = [text for text in ear.words("info") if "captured" in text]
    assert said == [
        "not captured: operation not permitted when stream is capturing; the operations of a step are launched one "
        "by one"
    ]


def test_more_pieces_are_recorded_anew() -> None:
    """What was recorded, and what could not be, counts no more when memory ran out."""
    assembly = assemble(recipe(), regression(), "cpu")
    recorder, words, ring = TapeRecorder(torch.OutOfMemoryError("CUDA out of memory")), [], ring_of(assembly)  # type: ignore[var-annotated]
    move = Captured(assembly.step, ring, recorder, words.append)
    for places in batches(assembly, WARM + 2):
        move(assembly.train, places)
    assert (recorder.warmed, recorder.recorded) == (WARM, 0) and "not captured: CUDA out of memory" in words[
        0
    ]
    recorder.fails = None
    for pieces in (2, 3):
        assembly.step.backward.pieces = pieces
        for places in batches(assembly, WARM + 1):
            move(assembly.train, places)
    assert (recorder.warmed, recorder.recorded, recorder.replays) == (3 * WARM, 2, 2)
    assert len(words) == 2 and len(told(ring)) == 3 * WARM + 4


def test_a_step_that_asks_for_a_number_cannot_be_recorded() -> None:
    """The tape's own test: it knows what waits, and puts everything back."""
    assembly = assemble(recipe(), regression(), "cpu")
    before, learn = assembly.flat.weights.clone(), assembly.step.learn

    def curious(inputs: torch.Tensor, goal: torch.Tensor) -> None:
        learn(inputs, goal)
        assembly.step.row.sum().item()

    assembly.step.learn = curious  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="not permitted when stream is capturing"):
        TapeRecorder().record(lambda: assembly.step(assembly.train, torch.arange(8)))
    assert torch.equal(assembly.flat.weights, before)


def test_off_and_the_cpu_launch_operations_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assembly = assemble(recipe(), regression(), "cpu")
    monkeypatch.setattr(graph, "CudaRecorder", lambda: pytest.fail("there is no CUDA here"))
    ring = ring_of(assembly)
    moving(assembly.step, ring, "auto", pytest.fail)(assembly.train, torch.arange(8))
    assert len(told(ring)) == 1
