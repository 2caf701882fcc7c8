"""What only a GPU can show: the same numbers, and a steady step that never waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.graph import WARM, moving
from clipviz.training.loop import train
from clipviz.training.replicas.machine import Machine
from clipviz.training.replicas.many import train_many
from clipviz.training.replicas.member import Member
from clipviz.training.rows import Rows, order
from clipviz.training.stream import Streamed
from clipviz.training.telemetry import Ring

from .conftest import Ear, classification, recipe, regression
from .steps import CASES, of

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="NOT CHECKED: torch sees no CUDA device"),
    # Its weights lie among all others; cuDNN copies them together at each call.
    pytest.mark.filterwarnings("ignore:RNN module weights are not part of single contiguous chunk"),
]
EVERYTHING = {"activation__id": "learned_tanh", "gradient__id": "global_norm"}


@contextmanager
def no_waiting() -> Iterator[None]:
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def ring_of(series: tuple[str, ...], replicas: int = 1) -> Ring:
    ring = Ring(len(series), 64, "cuda", replicas)
    ring.start(1)
    return ring


def told(ring: Ring) -> np.ndarray:
    blocks: list[np.ndarray] = []
    ring.flush(lambda steps, values: blocks.append(values), wait=True)
    return np.concatenate(blocks)


def moved(made: Recipe, table: Table, wanted: Any, steps: int) -> tuple[Assembly, np.ndarray, list[str]]:
    assembly, words = assemble(made, table, "cuda"), []  # type: ignore[var-annotated]
    ring = ring_of(assembly.step.series)
    move = moving(assembly.step, ring, wanted, words.append)
    torch.cuda.manual_seed(1)
    for step in range(steps):
        places = torch.from_numpy(np.random.default_rng(step).permutation(len(assembly.train))[:12]).cuda()
        assembly.rates.at(step)
        move(assembly.train, places)
    return assembly, told(ring), words


def test_a_run_learns_and_tells_every_step(tmp_path: Path) -> None:
    ear = Ear()
    state, result = train(recipe(**EVERYTHING), regression(), ear, device="cuda", folder=tmp_path)
    assert state is State.FINISHED and result is not None
    assert ear.steps_of("step").tolist() == list(range(1, 151))
    assert np.isfinite(ear.line("step", "loss")).all()
    assert any("launched as one CUDA graph" in text for text in ear.words("info"))


def test_a_paused_run_goes_on(tmp_path: Path) -> None:
    first, second = Ear(lambda flushes: "pause" if flushes == 30 else "run"), Ear()
    state, _ = train(recipe(), regression(), first, device="cuda", folder=tmp_path, flush_seconds=0.0)
    assert state is State.PAUSED
    train(recipe(), regression(), second, device="cuda", folder=tmp_path)
    assert [*first.steps_of("step"), *second.steps_of("step")] == list(range(1, 151))


@pytest.mark.parametrize("graph", ["auto", "off"])
def test_a_deterministic_run_that_was_paused_ends_with_the_numbers_of_one_that_was_not(
    graph: str, tmp_path: Path
) -> None:
    losses = []
    for name in ("whole", "paused"):
        made = recipe(**EVERYTHING, training__deterministic=True, training__graph=graph)
        ear = Ear(lambda flushes, name=name: "pause" if (name, flushes) == ("paused", 30) else "run")  # type: ignore[misc]
        given: dict[str, Any] = {"device": "cuda", "folder": tmp_path / name}
        state, _ = train(made, regression(), ear, flush_seconds=0.0, **given)
        if state is State.PAUSED:
            train(made, regression(), ear, **given)
        losses.append(ear.line("step", "loss"))
    np.testing.assert_array_equal(*losses)


@pytest.mark.parametrize("name", CASES)
def test_a_captured_step_gives_the_numbers_of_one_that_is_not(name: str) -> None:
    """Random ones too: masks of dropout, augmentations and gradient noise are those of the same generator."""
    table, made = of(name)
    ours, rows, words = moved(made, table, "auto", WARM + 5)
    twin, expected, _ = moved(made, table, "off", WARM + 5)
    assert words == ["each step is launched as one CUDA graph from here on"]
    np.testing.assert_allclose(rows, expected, rtol=2e-3, atol=2e-4, equal_nan=True)
    torch.testing.assert_close(ours.flat.weights, twin.flat.weights, rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("wanted", ["auto", "off"])
@pytest.mark.parametrize("name", CASES)
def test_a_steady_step_never_waits_for_the_device(name: str, wanted: Any) -> None:
    table, made = of(name)
    assembly = assemble(made, table, "cuda")
    move = moving(
        assembly.step, ring_of(assembly.step.series), wanted, pytest.fail if wanted == "off" else str
    )
    places = torch.arange(12, device="cuda")

    def step(number: int) -> None:
        assembly.rates.at(number)
        move(assembly.train, places)

    for number in range(WARM + 1):
        step(number)
    with no_waiting():
        for number in range(WARM + 1, WARM + 11):
            step(number)


@pytest.mark.parametrize("optimiser", discover("clipviz.training.optimisers"))
@pytest.mark.parametrize("gradient", discover("clipviz.policies.gradients"))
def test_no_clip_and_no_optimiser_waits(gradient: str, optimiser: str) -> None:
    made = recipe(activation__id="learned_tanh", gradient__id=gradient, optimiser__id=optimiser)
    assembly = assemble(made, regression(), "cuda")
    places = torch.arange(32, device="cuda")
    for _ in range(3):
        assembly.step(assembly.train, places)
    with no_waiting():
        for _ in range(5):
            assembly.step(assembly.train, places)


def test_streamed_rows_never_make_a_step_wait(tmp_path: Path) -> None:
    """They are read ahead, and come by a stream of their own from pinned memory."""
    table = regression(3000)
    assembly = assemble(recipe(), table, "cuda", tmp_path, most=0)
    resident = assemble(recipe(), table, "cuda").train
    assert isinstance(assembly.train, Streamed) and isinstance(resident, Rows)
    ring = ring_of(assembly.step.series)
    move = moving(assembly.step, ring, "auto", str)
    batches = assembly.train.batches(order(len(assembly.train), 0, 0), 64)
    for places in batches[: WARM + 2]:
        move(assembly.train, places)
    with no_waiting():
        for places in batches[WARM + 2 : 20]:
            move(assembly.train, places)
    assert torch.equal(assembly.train.batch(batches[20])[0], resident.batch(batches[20])[0])


REPLICAS: dict[str, Callable[[], tuple[Table, Recipe]]] = {
    "mlp": lambda: (regression(), recipe(**EVERYTHING)),
    "mlp, everything": lambda: of("mlp, everything"),
    "cnn": lambda: of("cnn"),
    "sgd": lambda: (regression(), recipe(**EVERYTHING, optimiser=Choice.of("sgd"))),
}


@pytest.mark.parametrize("name", REPLICAS)
def test_replicas_are_captured_and_never_wait(name: str) -> None:
    found = []
    for wanted in ("auto", "off"):
        table, made = REPLICAS[name]()
        members = [
            Member(each, assemble(each, table, "cuda"), table, Ear(), Path(str(seed)), "cuda")
            for seed, each in enumerate(made.replace("seed", seed) for seed in range(3))
        ]
        machine, words = Machine(members, apart=True), []  # type: ignore[var-annotated]
        ring = ring_of(machine.step.series, 3)
        move = moving(machine.step, ring, wanted, words.append)  # type: ignore[arg-type]
        torch.cuda.manual_seed(1)
        places = torch.arange(36, device="cuda").view(3, 12)
        for _ in range(WARM + 1):
            move(machine.train, places)  # type: ignore[arg-type]
        with no_waiting():
            for _ in range(5):
                move(machine.train, places)  # type: ignore[arg-type]
        assert words == (["each step is launched as one CUDA graph from here on"] if wanted == "auto" else [])
        found.append(told(ring))
    np.testing.assert_allclose(*found, rtol=2e-3, atol=2e-4, equal_nan=True)


def test_a_sweep_trains_as_programs(tmp_path: Path) -> None:
    recipes = [recipe(**EVERYTHING, seed=seed) for seed in range(4)]
    ears, folders = [Ear() for _ in recipes], [tmp_path / str(seed) for seed in range(4)]
    ends = train_many(recipes, regression(), ears, device="cuda", folders=folders, home=tmp_path / "program")
    assert [end.state for end in ends] == [State.FINISHED] * 4
    assert all(any("CUDA graph" in text for text in ear.words("info")) for ear in ears)


def test_what_cannot_be_captured_leaves_the_device_and_its_generator_well() -> None:
    """A recording that asks for a number breaks; dropout, which needs the generator, goes on behind it."""
    table, made = of("mlp, everything")
    assembly, words = assemble(made, table, "cuda"), []  # type: ignore[var-annotated]
    learn = assembly.step.learn

    def curious(inputs: torch.Tensor, goal: torch.Tensor) -> None:
        learn(inputs, goal)
        assembly.step.row.sum().item()

    assembly.step.learn = curious  # type: ignore[method-assign]
    ring = ring_of(assembly.step.series)
    move = moving(assembly.step, ring, "auto", words.append)
    for _ in range(WARM + 3):
        move(assembly.train, torch.arange(12, device="cuda"))
    assert len(words) == 1 and words[0].startswith("not captured: ")
    assert np.isfinite(told(ring)[:, 0]).all()


def test_batches_are_those_of_the_cpu(tmp_path: Path) -> None:
    """The order of the rows follows from the recipe alone, also behind a pause."""
    table, made = classification(), recipe(training__epochs=2, optimiser=Choice.of("sgd"))
    losses = []
    for device in ("cpu", "cuda"):
        ear = Ear()
        train(made, table, ear, device=device, folder=tmp_path / device)
        losses.append(ear.line("step", "loss"))
    np.testing.assert_allclose(*losses, rtol=1e-2)
