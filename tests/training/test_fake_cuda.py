"""What runs on a GPU, on one that is not there: no operation meets tensors of two devices, and no steady step waits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.training import graph
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.graph import moving
from clipviz.training.loop import train
from clipviz.training.progress import Progress
from clipviz.training.replicas.many import programs_of, train_many
from clipviz.training.telemetry import Ring

from .conftest import Ear, classification, recipe, regression
from .pretence import Pretence, pretended
from .steps import CASES, SMALL, Case, of

pytestmark = pytest.mark.filterwarnings("ignore:PyTorch was compiled without cuDNN")
POLICIES = discover("clipviz.policies.activations")
GRADIENTS = discover("clipviz.policies.gradients")
DEEP: dict[str, Any] = {
    "model__widths": (4,) * len(POLICIES),
    "clips_at": {f"layer {number}": [Choice(id=name)] for number, name in enumerate(POLICIES, 1)},
}
"""Every activation policy, a layer each."""
MORE: dict[str, Case] = {
    "every activation": (regression, DEEP),
    "thresholds of channels": (
        regression,
        {"model__widths": (4, 4), "activation": Choice.of("learned_range", per="channel", penalty=0.1)},
    ),
    **{f"loss {name}": (regression, {**SMALL, "loss": Choice(id=name)}) for name in ("mae", "huber")},
    "smooth labels": (classification, {**SMALL, "loss": Choice.of("cross_entropy", label_smoothing=0.1)}),
}
ALONE = [name for name in CASES if not name.startswith(("activation ", "resnet18"))]
"""A ResNet-18 is the network of the residual CNN, larger."""


@pytest.fixture
def gpu() -> Iterator[Pretence]:
    with pretended() as gpu:
        yield gpu


def made_of(name: str) -> tuple[Table, Recipe]:
    if name not in MORE:
        return of(name)
    table, changes = MORE[name]
    return table(), recipe(**changes)


def ready(table: Table, made: Recipe) -> tuple[Assembly, Ring, graph.Move]:
    assembly = assemble(made, table, "cuda")
    ring = Ring(len(assembly.step.series), 64, "cuda")
    ring.start(1)
    return assembly, ring, moving(assembly.step, ring, "off", pytest.fail)


@pytest.mark.parametrize("name", [*ALONE, *MORE])
def test_a_steady_step_stays_on_the_device_and_never_waits(name: str, gpu: Pretence) -> None:
    table, made = made_of(name)
    assembly, ring, move = ready(table, made)
    places = torch.arange(12, device="cuda")
    for number in range(2):
        gpu.strict = number == 1
        assembly.rates.at(number)
        move(assembly.train, places)
    gpu.strict = False
    blocks: list[np.ndarray] = []
    ring.flush(lambda steps, values: blocks.append(values), wait=True)
    assert np.isfinite(blocks[0][:, 0]).all(), "read before it had arrived"


@pytest.mark.parametrize("schedule", discover("clipviz.training.schedules"))
def test_no_schedule_waits_nor_does_another_epoch(schedule: str, gpu: Pretence) -> None:
    made = recipe(**SMALL, schedule__id=schedule, stopping__gradient=1e-9, training__batch_size=64)
    assembly, _, move = ready(regression(), made)
    progress = Progress(assembly, made, "cuda")
    progress.advance(move)
    gpu.strict = True
    for _ in range(4):
        progress.advance(move)
    assert progress.step == 5, "of three steps an epoch"


REPLICAS: dict[str, tuple[str, dict[str, Any]]] = {
    "every activation": ("every activation", {}),
    "every gradient clip": ("gradient none", {}),
    "cnn": ("cnn", {}),
    "everything": ("mlp, everything", {}),
    **{f"optimiser {name}": (f"optimiser {name}", {}) for name in discover("clipviz.training.optimisers")},
}


@pytest.mark.parametrize("name", REPLICAS)
def test_no_step_of_replicas_waits(name: str, gpu: Pretence, tmp_path: Path) -> None:
    table, made = made_of(REPLICAS[name][0])
    made = made.replace("training.graph", "off").replace("training.batch_size", 64)
    clips = list(GRADIENTS) if "gradient" in name else ["autoclip", "global_norm"]
    made = made.replace("schedule", Choice.of("plateau")).replace("training.epochs", 300)
    recipes = [
        made.replace("seed", seed).replace("gradient", Choice(id=clip)) for seed, clip in enumerate(clips)
    ]
    folders = [tmp_path / str(seed) for seed in range(len(recipes))]
    ears = [Ear() for _ in recipes]
    (program,) = programs_of(recipes, table, ears, folders, tmp_path, len(recipes), "cuda")
    program._machine.rates._memories[0]["factor"] = 0.5  # another rate than the others'
    program._advance()
    gpu.strict = True
    for _ in range(4):
        program._advance()
    gpu.strict = False
    program._deliver()
    assert all(np.isfinite(ear.line("step", "loss")).all() for ear in ears)
    assert [len(ear.steps_of("step")) for ear in ears] == [5] * len(ears)


@pytest.mark.parametrize("resident", [None, 0], ids=["resident", "streamed"])
def test_a_whole_run_learns_is_paused_and_goes_on(
    resident: int | None, gpu: Pretence, tmp_path: Path
) -> None:
    """Captured, evaluated, sampled and in the end inspected; what is deterministic must not ask for what is not."""
    made = recipe(
        model=Choice.of("mlp", widths=(6, 6), dropout=0.1),
        activation=Choice.of("learned_tanh", per="channel"),
        gradient__id="autoclip",
        training__epochs=12,
        training__deterministic=resident is None,
    )
    first = Ear(lambda flushes: "pause" if flushes == 20 else "run")
    second, given = Ear(), {"device": "cuda", "folder": tmp_path, "resident_bytes": resident}
    state, _ = train(made, regression(), first, flush_seconds=0.0, **given)  # type: ignore[arg-type]
    assert state is State.PAUSED
    state, result = train(made, regression(), second, **given)  # type: ignore[arg-type]
    assert state is State.FINISHED and result is not None
    assert [*first.steps_of("step"), *second.steps_of("step")] == list(range(1, 61))
    assert np.isfinite([*first.line("step", "loss"), *second.line("step", "loss")]).all()
    assert "each step is launched as one CUDA graph from here on" in second.words("info")


def test_a_sweep_runs_as_one_program(gpu: Pretence, tmp_path: Path) -> None:
    recipes = [recipe(**SMALL, training__epochs=12, seed=seed, gradient__id="agc") for seed in range(3)]
    ears, folders = [Ear() for _ in recipes], [tmp_path / str(seed) for seed in range(3)]
    ends = train_many(recipes, regression(), ears, device="cuda", folders=folders, home=tmp_path / "program")
    assert [end.state for end in ends] == [State.FINISHED] * 3
    for ear in ears:
        assert any("launched as one CUDA graph" in text for text in ear.words("info"))
        assert np.isfinite(ear.line("step", "loss")).all() and len(ear.steps_of("step")) == 60


def test_memory_that_runs_out_while_a_step_is_recorded_is_let_go_of(
    gpu: Pretence, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = graph.CudaRecorder()

    def starves() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    freed: list[Any] = []
    monkeypatch.setattr(torch.cuda.CUDAGraph, "reset", lambda broken: freed.append(broken))
    with pytest.raises(torch.OutOfMemoryError):
        recorder.record(starves)
    assert len(freed) == 1 and not recorder._broken
    assert not gpu.capturing and torch.cuda.current_stream() is torch.cuda.default_stream()


def asks(assembly: Assembly) -> None:
    assembly.step.row.sum().item()


def branches(assembly: Assembly) -> None:
    assert assembly.flat.weights.isfinite().all()


def selects(assembly: Assembly) -> None:
    assembly.flat.weights[assembly.flat.weights > 0].sum()


def meets(assembly: Assembly) -> None:
    assembly.flat.weights.mul_(torch.from_numpy(np.ones(assembly.flat.weights.shape[1], np.float32)))


def sends(assembly: Assembly) -> None:
    torch.tensor([1.0, 2.0], device="cuda")


def takes(assembly: Assembly) -> None:
    torch.zeros(3)


def brings(assembly: Assembly) -> None:
    assembly.step.row.to("cpu", non_blocking=True)


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (asks, "synchronizing CUDA operation: aten._local_scalar_dense"),
        (branches, "synchronizing CUDA operation"),
        (selects, "synchronizing CUDA operation"),
        (meets, "same device"),
        (sends, "numbers from the host"),
        (takes, "memory is taken on the host"),
        (brings, "a copy from the device"),
    ],
)
def test_what_is_planted_is_found(planted: Any, words: str, gpu: Pretence) -> None:
    """The pretence's own test."""
    assembly, _, move = ready(regression(), recipe(**SMALL))
    learn, places = assembly.step.learn, torch.arange(12, device="cuda")

    def spoilt(inputs: torch.Tensor, goal: torch.Tensor) -> None:
        learn(inputs, goal)
        planted(assembly)

    move(assembly.train, places)
    gpu.strict = True
    move(assembly.train, places)
    assembly.step.learn = spoilt  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match=words):
        move(assembly.train, places)


def test_what_varies_is_refused_where_the_same_bits_are_wanted(
    gpu: Pretence, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("clipviz.training.loop.check_varies", lambda rows: rows.inputs.median(dim=0))
    made = recipe(training__deterministic=True)
    with pytest.raises(TrainingFailed, match="deterministic form"):
        train(made, regression(), Ear(), device="cuda", folder=tmp_path)
