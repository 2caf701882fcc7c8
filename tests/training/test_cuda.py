"""What only a GPU can show: the same numbers, and a steady step that never waits."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.core.run import State
from clipviz.training.assembly import assemble
from clipviz.training.loop import train
from clipviz.training.telemetry import Ring

from .conftest import Ear, recipe, regression

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
EVERYTHING = {"activation__id": "learned_tanh", "gradient__id": "global_norm"}


def test_a_run_learns_and_tells_every_step(tmp_path: Path) -> None:
    ear = Ear()
    state, result = train(recipe(**EVERYTHING), regression(), ear, device="cuda", folder=tmp_path)
    assert state is State.FINISHED and result is not None
    assert ear.steps_of("step").tolist() == list(range(1, 151))
    assert np.isfinite(ear.line("step", "loss")).all()


def test_a_paused_run_goes_on(tmp_path: Path) -> None:
    first, second = Ear(lambda flushes: "pause" if flushes == 30 else "run"), Ear()
    state, _ = train(recipe(), regression(), first, device="cuda", folder=tmp_path, flush_seconds=0.0)
    assert state is State.PAUSED
    train(recipe(), regression(), second, device="cuda", folder=tmp_path)
    assert [*first.steps_of("step"), *second.steps_of("step")] == list(range(1, 151))


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize("gradient", discover("clipviz.policies.gradients"))
def test_a_steady_step_never_waits_for_the_device(gradient: str, optimiser: str) -> None:
    made = recipe(activation__id="learned_tanh", gradient__id=gradient, optimiser__id=optimiser)
    assembly = assemble(made, regression(), "cuda")
    ring = Ring(len(assembly.step.series), 64, "cuda")
    places = torch.arange(32, device="cuda")

    def step() -> None:
        assembly.step(assembly.train, places)
        ring.write(assembly.step.row)

    for _ in range(3):
        step()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(10):
            step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
