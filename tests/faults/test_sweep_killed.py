"""Workers and the runner of a sweep die; every cell ends, and ends as it would have."""

import os
import signal

import pytest

from clipviz.core.recipe import Choice
from clipviz.core.run import State
from clipviz.core.sweep import Design, Standing
from clipviz.runs.sweeps import submit

from .conftest import House

pytestmark = pytest.mark.faults


def test_a_sweep_outlives_its_worker_and_its_runner(house: House) -> None:
    recipe = house.recipe(epochs=60).model_copy(
        update={"activation": Choice(id="none"), "gradient": Choice.of("global_norm", max_norm=0.5)}
    )
    sweep = submit.start(house.store, house.settings, Design(recipe=recipe, seeds=(0, 1)), "sturdy", "Ada")

    def second_cell_of_a_worker() -> int:
        """The process id of a worker that has gone on to another cell of its program; 0 while there is none."""
        runs = house.store.sweeps.runs(sweep.id)
        ended = {run.owner for run in runs if run.state is State.FINISHED}
        going = [run.owner for run in runs if run.state is State.RUNNING and run.owner in ended]
        return int(going[0].rsplit(":", 1)[1]) if going else 0

    house.wait(lambda: any(run.state is State.RUNNING for run in house.store.sweeps.runs(sweep.id)))
    house.wait(lambda: second_cell_of_a_worker() or over(house, sweep.id))
    if victim := second_cell_of_a_worker():
        os.kill(victim, signal.SIGKILL)
    os.kill(house.runner, signal.SIGKILL)
    submit.ask(house.store, house.settings, sweep.id, "run", "Ada")
    house.wait(lambda: over(house, sweep.id), seconds=90)
    runs = house.store.sweeps.runs(sweep.id)
    assert {run.state for run in runs} == {State.FINISHED}, [run.reason for run in runs]
    undisturbed = house.undisturbed(house.store.recipes.get(runs[-1].recipe).recipe)
    assert house.weights(runs[-1]) == undisturbed.weights
    assert runs[-1].result["metrics"] == undisturbed.metrics


def over(house: House, sweep: str) -> bool:
    return Standing.of(house.store.sweeps.runs(sweep)).over
