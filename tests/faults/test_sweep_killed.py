"""Workers and the runner of a sweep die; every cell ends, and ends as it would have."""

import contextlib
import os
import signal
import threading

import pytest

from clipviz.analysis.recommendation import recommendation
from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.judged import judged
from clipviz.core.recipe import Choice
from clipviz.core.run import State
from clipviz.core.sweep import Design, Standing
from clipviz.runs.awaken import ensure_runner
from clipviz.runs.sweeps import recommend, submit

from .conftest import House

pytestmark = pytest.mark.faults


def test_a_sweep_outlives_its_worker_and_its_runner(house: House) -> None:
    recipe = house.recipe(epochs=500).model_copy(
        update={"activation": Choice(id="none"), "gradient": Choice.of("global_norm", max_norm=0.5)}
    )
    sweep = submit.start(house.store, house.settings, Design(recipe=recipe, seeds=(0, 1)), "sturdy", "Ada")

    def worker_of_a_program() -> int:
        """The process id of a worker that trains a program with a checkpoint behind it; 0 while there is none."""
        runs = [run for run in house.store.sweeps.runs(sweep.id) if run.state is State.RUNNING]
        for run in runs:
            kept = house.settings.runs.glob(f"program-{run.program}/*/*.safetensors")
            if any(kept) and [other.program for other in runs].count(run.program) > 1:
                return int(run.owner.rsplit(":", 1)[1])
        return 0

    house.wait(lambda: worker_of_a_program() or over(house, sweep.id))
    victim = worker_of_a_program()
    assert victim, "the sweep was over too early for this test"
    os.kill(victim, signal.SIGKILL)
    os.kill(house.runner, signal.SIGKILL)
    submit.ask(house.store, house.settings, sweep.id, "run", "Ada")
    house.wait(lambda: over(house, sweep.id), seconds=90)
    runs = house.store.sweeps.runs(sweep.id)
    assert {run.state for run in runs} == {State.FINISHED}, [run.reason for run in runs]
    assert sum("continues from the checkpoint" in house.texts(run) for run in runs) >= 2
    for run in runs[::3]:
        undisturbed = house.undisturbed(house.store.recipes.get(run.recipe).recipe)
        assert run.result is not None
        assert run.result["metrics"] == pytest.approx(undisturbed.metrics, rel=0.02)


def over(house: House, sweep: str) -> bool:
    return Standing.of(house.store.sweeps.runs(sweep)).over


def test_a_search_outlives_its_workers_its_runner_and_whoever_started_it(house: House) -> None:
    """Killed in the middle of each round: a new runner carries it on from what the store holds, to its answer."""
    sweep = recommend.begin(house.store, house.settings, house.recipe(epochs=40), 10, "which?", "Ada")
    killed: dict[str, int] = {}

    def strike() -> bool:
        now = house.store.sweeps.get(sweep.id)
        running = [run for run in house.store.sweeps.runs(sweep.id) if run.state is State.RUNNING]
        stage = now.rounds[-1].stage
        if stage not in killed and running:
            killed[stage] = house.runner
            for process in {house.runner, *(int(run.owner.rsplit(":", 1)[1]) for run in running)}:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        ensure_runner(house.settings)  # as every page does that watches
        threading.Event().wait(0.05)
        return not now.choosing and over(house, sweep.id)

    house.wait(strike, seconds=80)
    ended = house.store.sweeps.get(sweep.id)
    stages = [each.stage for each in ended.rounds]
    assert {"pilot", "confirm"} <= set(killed) <= set(stages) and stages[-1] == "confirm", (killed, stages)
    assert len(set(killed.values())) == len(killed), "each had a runner of its own"
    runs = house.store.sweeps.runs(sweep.id)
    known = {(run.arm, run.seed): run for run in runs}
    assert len(known) == len(runs), "no cell is trained twice"
    for arm in (*ended.rounds[-1].arms, "no clip"):
        assert all(known[arm, seed].state is State.FINISHED for seed in ended.rounds[-1].seeds)
    groups = gather.of_sweep(ended, runs)
    verdict = judged(house.settings, house.store, ended, groups, gather.metrics(groups)[0])
    answer = recommendation(ended, verdict)
    assert answer.sentence and answer.recipe.data.dataset == house.dataset.id
