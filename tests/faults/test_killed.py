"""Processes die in every way there is; no run is lost, none is disturbed, the weights stay bit-equal."""

import os
import signal
import time

import psutil
import pytest

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import State
from clipviz.runs.submit import ask, submit
from clipviz.store.telemetry import resolve

from .conftest import House

pytestmark = pytest.mark.faults


def test_a_killed_worker_costs_no_bit_and_no_neighbour(house: House) -> None:
    recipe = house.recipe()
    doomed = submit(house.store, house.settings, recipe, "doomed", "Ada")
    neighbour = submit(house.store, house.settings, house.recipe(seed=1), "neighbour", "Grace")
    for attempt in (1, 2):
        house.wait_for_step(doomed, house.run(doomed).step + 500, attempt)
        os.kill(house.worker(doomed), signal.SIGKILL)
        house.wait(lambda attempt=attempt: house.run(doomed).attempt == attempt + 1, seconds=5)
    house.wait_for_state(doomed, State.FINISHED)
    house.wait_for_state(neighbour, State.FINISHED)
    assert house.run(doomed).attempt == 3, house.texts(doomed)
    assert house.run(neighbour).attempt == 1, house.texts(neighbour)
    assert "crashed, signal 9 (SIGKILL: somebody killed it, or memory ran out); goes on" in house.texts(
        doomed
    )

    undisturbed = house.undisturbed(recipe)
    assert house.weights(doomed) == undisturbed.weights
    assert house.run(doomed).result["metrics"] == undisturbed.metrics
    steps, _ = resolve(house.store.telemetry.read(doomed.id))["step"]
    assert steps.tolist() == list(range(int(steps[0]), int(steps[0]) + len(steps))), (
        "no step is missing or double"
    )
    assert len(steps) == house.run(doomed).result["steps"] == undisturbed.steps


def test_a_killed_runner_is_noticed_and_replaced(house: House) -> None:
    recipe = house.recipe()
    run = submit(house.store, house.settings, recipe, "orphan", "Ada")
    house.wait_for_step(run, 500)
    worker, runner = psutil.Process(house.worker(run)), house.runner
    os.kill(runner, signal.SIGKILL)
    killed_at = time.monotonic()
    house.wait(lambda: house.run(run).state is not State.RUNNING or house.run(run).attempt == 2, seconds=5)
    assert time.monotonic() - killed_at < 3
    ended = house.wait_for_state(run, State.FINISHED)
    assert ended.attempt == 2 and house.runner != runner and not worker.is_running()
    assert house.weights(run) == house.undisturbed(recipe).weights


def test_a_runner_told_to_go_leaves_its_runs_in_the_queue(house: House) -> None:
    run = submit(house.store, house.settings, house.recipe(), "waits", "Ada")
    house.wait_for_step(run, 500)
    os.kill(house.runner, signal.SIGTERM)
    house.wait(lambda: not house.processes(), seconds=15)
    waiting = house.run(run)
    assert (waiting.state, waiting.reason) == (State.QUEUED, "waits for a worker; its checkpoint is kept")
    ask(house.store, house.settings, run.id, "run", "Ada")
    assert house.wait_for_state(run, State.FINISHED).attempt == 2


def test_a_frozen_worker_is_killed_and_its_run_goes_on(house: House) -> None:
    run = submit(house.store, house.settings, house.recipe(), "frozen", "Ada")
    house.wait_for_step(run, 500)
    os.kill(house.worker(run), signal.SIGSTOP)
    assert house.wait_for_state(run, State.FINISHED).attempt == 2


def test_a_stolen_lease_makes_the_old_owner_leave_in_silence(house: House) -> None:
    run = submit(house.store, house.settings, house.recipe(epochs=100_000), "stolen", "Ada")
    house.wait_for_step(run, 500)
    worker, runner = psutil.Process(house.worker(run)), psutil.Process(house.runner)
    runner.suspend()
    worker.suspend()
    house.wait(house.store.runs.due, seconds=10)
    stolen = house.store.runs.claim("elsewhere:1", lease_seconds=60)
    assert stolen is not None and stolen.id == run.id and stolen.attempt == 2
    step = house.run(run).step
    worker.resume()
    runner.resume()
    house.wait(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, seconds=10)
    with pytest.raises(StaleAttempt):
        house.store.runs.beat(run.id, 1, 10, 0)
    now = house.run(run)
    assert (now.owner, now.attempt, now.state, now.step) == ("elsewhere:1", 2, State.RUNNING, step)
    assert {chunk.attempt for chunk in house.store.telemetry.read(run.id)} == {1}


def test_people_pause_resume_and_stop(house: House) -> None:
    recipe = house.recipe()
    run = submit(house.store, house.settings, recipe, "patient", "Ada")
    house.wait_for_step(run, 500)
    ask(house.store, house.settings, run.id, "pause", "Ada")
    paused = house.wait_for_state(run, State.PAUSED, seconds=5)
    assert paused.result is None
    time.sleep(0.5)
    assert house.run(run).step == paused.step
    ask(house.store, house.settings, run.id, "run", "Grace")
    house.wait_for_state(run, State.FINISHED)
    assert house.weights(run) == house.undisturbed(recipe).weights

    endless = submit(house.store, house.settings, house.recipe(epochs=100_000), "endless", "Ada")
    house.wait_for_step(endless, 500)
    ask(house.store, house.settings, endless.id, "stop", "Grace")
    stopped = house.wait_for_state(endless, State.STOPPED, seconds=10)
    assert stopped.result is not None and stopped.result["steps"] > 500
    assert "Grace asked to stop" in house.texts(endless)


def test_a_submitted_run_starts_at_once(house: House) -> None:
    """Not a stopwatch: the second run finds a warm server, so seconds would mean that it was not one."""
    first = submit(house.store, house.settings, house.recipe(epochs=2), "first", "Ada")
    house.wait_for_state(first, State.FINISHED)
    second = submit(house.store, house.settings, house.recipe(epochs=2, seed=1), "second", "Ada")
    ended = house.wait_for_state(second, State.FINISHED, seconds=10)
    assert ended.started_at is not None and ended.owner != house.run(first).owner
