import os
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest

from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design
from clipviz.runs import runner as module
from clipviz.runs.executors.base import chosen
from clipviz.runs.runner import Runner
from clipviz.store import Store
from clipviz.store.sweeps import Cell

from .conftest import RESULT


class PipeJob:
    """A job whose end is a byte in a pipe."""

    def __init__(self, run: Run, on_interrupt: Callable[["PipeJob"], None]) -> None:
        self.run = run
        self.owner = f"host:{id(self)}"
        self.sentinel, self._end = os.pipe()
        self._died = ""
        self._on_interrupt = on_interrupt
        self.killed = False

    def finish(self, died: str = "") -> None:
        self._died = died
        os.write(self._end, b"x")

    def interrupt(self) -> None:
        self._on_interrupt(self)

    def kill(self) -> None:
        self.killed = True
        self.finish("crashed, signal 9 (SIGKILL)")

    def end(self) -> str:
        os.close(self.sentinel)
        os.close(self._end)
        return self._died


class Pipes:
    def __init__(self, on_interrupt: Callable[[PipeJob], None]) -> None:
        self.jobs: list[PipeJob] = []
        self.refuses = False
        self.closed = False
        self._on_interrupt = on_interrupt

    def start(self, run: Run) -> PipeJob:
        if self.refuses:
            raise OSError("Cannot allocate memory")
        self.jobs.append(PipeJob(run, self._on_interrupt))
        return self.jobs[-1]

    def close(self) -> None:
        self.closed = True


class Service:
    """A runner in a thread, on a store of its own."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.store = store
        self.executor = Pipes(self._give_back)
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=Runner(settings, store, self.executor, self._stopping).serve  # type: ignore[arg-type]
        )

    def _give_back(self, job: PipeJob) -> None:
        self.store.runs.release(job.run.id, job.run.attempt, "told to go")
        job.finish()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def join(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive() and self.executor.closed


@pytest.fixture
def service(settings: Settings, store: Store) -> Service:
    return Service(settings, store)


@pytest.fixture
def submit(store: Store, recipe: Recipe) -> Callable[..., Run]:
    saved = store.recipes.add(recipe, "plain", "Ada")
    return lambda name="first": store.runs.submit(saved.id, name, "Ada")


def eventually(condition: Callable[[], object], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_it_fills_its_slots_and_no_more(service: Service, store: Store, submit: Callable[..., Run]) -> None:
    service.start()
    for number in range(4):
        submit(f"run {number}")
    jobs = service.executor.jobs
    assert eventually(lambda: len(jobs) == 2)
    time.sleep(0.3)
    assert len(jobs) == 2
    store.runs.finish(jobs[0].run.id, 1, State.FINISHED, "", RESULT)
    jobs[0].finish()
    assert eventually(lambda: len(jobs) == 3)
    service.stop()
    assert [run.state for run in store.runs.list()].count(State.QUEUED) == 3


def test_a_crashed_run_goes_on_and_the_others_do_not_notice(
    service: Service, store: Store, submit: Callable[..., Run]
) -> None:
    service.start()
    doomed, other = submit("doomed"), submit("other")
    jobs = service.executor.jobs
    assert eventually(lambda: len(jobs) == 2)
    jobs[0].finish("crashed, signal 9 (SIGKILL)")
    assert eventually(lambda: len(jobs) == 3)
    assert jobs[2].run.id == doomed.id and jobs[2].run.attempt == 2
    assert store.runs.get(other.id).attempt == 1
    assert "crashed, signal 9 (SIGKILL)" in store.events.list(doomed.id)[1].text
    service.stop()


def test_a_run_that_kills_every_worker_has_failed(
    service: Service, store: Store, submit: Callable[..., Run]
) -> None:
    run = submit()
    service.start()
    jobs = service.executor.jobs
    for attempt in range(3):
        assert eventually(lambda attempt=attempt: len(jobs) == attempt + 1)
        jobs[attempt].finish("crashed, signal 11 (SIGSEGV)")
    assert eventually(lambda: store.runs.get(run.id).state is State.FAILED)
    assert "crashed, signal 11 (SIGSEGV); 3 attempts in a row" in store.runs.get(run.id).reason
    service.stop()
    assert len(jobs) == 3


def test_a_process_that_cannot_be_started_is_no_end(
    service: Service, store: Store, submit: Callable[..., Run]
) -> None:
    service.executor.refuses = True
    run = submit()
    service.start()
    assert eventually(lambda: store.runs.get(run.id).state is State.FAILED)
    assert "no process could be started: Cannot allocate memory" in store.runs.get(run.id).reason
    service.stop()


def test_a_run_whose_owner_fell_silent_is_taken_up(
    service: Service, store: Store, submit: Callable[..., Run]
) -> None:
    run = submit()
    assert store.runs.claim("elsewhere:1", lease_seconds=0.2) is not None
    service.start()
    assert eventually(lambda: service.executor.jobs)
    assert service.executor.jobs[0].run.id == run.id and service.executor.jobs[0].run.attempt == 2
    service.stop()


def test_a_worker_that_never_beats_is_killed(
    settings: Settings, store: Store, submit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    service = Service(settings.model_copy(update={"lease_seconds": 0.3}), store)
    service.start()
    submit()
    assert eventually(lambda: len(service.executor.jobs) == 2)
    assert service.executor.jobs[0].killed
    service.stop()


def test_silence_says_nothing_while_nobody_can_write(
    settings: Settings, store: Store, submit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    service = Service(settings.model_copy(update={"lease_seconds": 0.5}), store)
    service.start()
    submit()
    assert eventually(lambda: service.executor.jobs)
    other = sqlite3.connect(settings.home / "clipviz.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(1.5)
    assert not service.executor.jobs[0].killed
    other.close()
    service.stop()


def test_an_idle_runner_ends(settings: Settings, store: Store) -> None:
    service = Service(settings.model_copy(update={"idle_minutes": 0.001}), store)
    service.start()
    service.join()


def test_an_unknown_executor_is_told(settings: Settings) -> None:
    with pytest.raises(ClipvizError, match="CLIPVIZ_EXECUTOR must be one of local; received 'slurm'"):
        chosen(settings.model_copy(update={"executor": "slurm"}))


def test_a_process_that_died_within_its_program_gives_back_the_run_that_it_trained_then(
    service: Service, store: Store, recipe: Recipe
) -> None:
    cells = [Cell(recipe.replace("seed", seed), f"seed {seed}", "a" * 16) for seed in range(2)]
    first, second = store.sweeps.runs(
        store.sweeps.add(Design(recipe=recipe, seeds=(0, 1)), [], cells, "seeds", "Ada").id
    )
    service.start()
    assert eventually(lambda: len(service.executor.jobs) == 2)  # both slots hold a run of the program
    other, job = service.executor.jobs
    store.runs.finish(second.id, 1, State.FINISHED, "", RESULT)
    third = store.sweeps.add(
        Design(recipe=recipe, seeds=(2,)),
        [],
        [Cell(recipe.replace("seed", 2), "seed 2", "a" * 16)],
        "more",
        "Ada",
    )
    taken = store.runs.claim_cell(job.owner, 10, program="a" * 16)
    assert taken is not None and taken.sweep == third.id
    job.finish("crashed, signal 9 (SIGKILL)")
    assert eventually(lambda: store.runs.get(taken.id).attempt == 2), "within a moment, not after its lease"
    assert store.runs.get(first.id).attempt == 1 and other.run.id == first.id
    service.stop()
