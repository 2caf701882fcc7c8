import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from clipviz.core.errors import StaleAttempt, TrainingFailed
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Run, Sink, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design
from clipviz.runs.worker import work, work_program
from clipviz.store import Store
from clipviz.store.sweeps import Cell

from .conftest import RESULT, say, short_training

Lesson = Callable[[Callable[..., Any]], None]


def until_asked(answers: dict[str, Any]) -> Callable[..., Any]:
    """A training that goes on until it is asked for something, then does it."""

    def train(recipe: Recipe, table: Any, sink: Sink, **_: Any) -> tuple[State, Result | None]:
        sink.begin(10_000, "cpu", {"step": ["loss"]})
        for step in range(1, 10_000):
            say(sink, 1, first=step)
            asked = sink.request()
            if asked == "stop":
                return State.STOPPED, RESULT
            if asked == "pause":
                return State.PAUSED, None
            if step == 3:
                answers["at step 3"]()
            time.sleep(0.01)
        raise AssertionError("nobody asked")

    return train


def test_a_run_from_beginning_to_end(store: Store, claimed: Run, settings: Settings, lesson: Lesson) -> None:
    given: dict[str, Any] = {}

    def train(*args: Any, **options: Any) -> tuple[State, Result | None]:
        given.update(options)
        return short_training(*args, **options)

    lesson(train)
    work(claimed, settings, store, threading.Event())
    ended = store.runs.get(claimed.id)
    assert (ended.state, ended.steps, ended.step, ended.device) == (State.FINISHED, 3, 3, "cpu")
    assert Result.model_validate(ended.result) == RESULT
    assert store.telemetry.series(claimed.id)["step"] == ("loss",)
    assert [chunk.steps.tolist() for chunk in store.telemetry.read(claimed.id)] == [[1, 2, 3]]
    assert store.events.list(claimed.id)[-1].text == "step 3: best so far"
    assert given == {
        "device": "cpu",
        "folder": settings.runs / claimed.id,
        "checkpoint_seconds": 0.2,
        "flush_seconds": 0.02,
        "threads": 1,
        "resident_bytes": None,
        "weights": None,
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TrainingFailed("The loss was not finite at the first step", "nan", "Clamp the inputs"),
         "The loss was not finite at the first step; received nan. Clamp the inputs."),
        (MemoryError(), "Out of memory. Use a smaller batch, a smaller network or fewer columns."),
        (ZeroDivisionError("division by zero"),
         "internal error: ZeroDivisionError: division by zero. Its traceback is in HOME/runs/RUN/error.log."),
    ],
)  # fmt: skip
def test_whatever_happens_the_run_says_why(
    store: Store, claimed: Run, settings: Settings, lesson: Lesson, error: Exception, reason: str
) -> None:
    def train(recipe: Recipe, table: Any, sink: Sink, **_: Any) -> None:
        sink.begin(3, "cpu", {"step": ["loss"]})
        say(sink, 2)
        raise error

    lesson(train)
    work(claimed, settings, store, threading.Event())
    ended = store.runs.get(claimed.id)
    reason = reason.replace("HOME", str(settings.home)).replace("RUN", claimed.id)
    assert (ended.state, ended.reason, ended.step) == (State.FAILED, reason, 2)
    if "error.log" in reason:
        assert "ZeroDivisionError" in (settings.runs / claimed.id / "error.log").read_text()
    assert len(store.telemetry.read(claimed.id)) == 1, "what it had said stays"


@pytest.mark.parametrize(("request_", "state"), [("stop", State.STOPPED), ("pause", State.PAUSED)])
def test_people_are_heard(
    store: Store, claimed: Run, settings: Settings, lesson: Lesson, request_: Any, state: State
) -> None:
    lesson(until_asked({"at step 3": lambda: store.runs.ask(claimed.id, request_, "Ada")}))
    work(claimed, settings, store, threading.Event())
    ended = store.runs.get(claimed.id)
    assert (ended.state, ended.request, ended.lease_until) == (state, "run", None)
    assert (ended.result is not None) == (state is State.STOPPED)


def test_an_interrupted_run_goes_back_to_the_queue(
    store: Store, claimed: Run, settings: Settings, lesson: Lesson
) -> None:
    interrupted = threading.Event()
    lesson(until_asked({"at step 3": interrupted.set}))
    work(claimed, settings, store, interrupted)
    waiting = store.runs.get(claimed.id)
    assert (waiting.state, waiting.reason) == (State.QUEUED, "waits for a worker; its checkpoint is kept")
    again = store.runs.claim("host:2", 10)
    assert again is not None and again.attempt == 2


def test_a_worker_whose_run_was_taken_leaves_in_silence(
    store: Store, claimed: Run, settings: Settings, lesson: Lesson
) -> None:
    def steal() -> None:
        store.runs.lost(claimed.id, 1, "lost touch with host:1")
        assert store.runs.claim("host:2", 10) is not None

    lesson(until_asked({"at step 3": steal}))
    work(claimed, settings, store, threading.Event())
    now = store.runs.get(claimed.id)
    assert (now.state, now.owner, now.attempt, now.reason) == (State.RUNNING, "host:2", 2, "")


def test_a_deleted_dataset_does_not_end_its_runs(
    store: Store, claimed: Run, settings: Settings, lesson: Lesson
) -> None:
    interrupted = threading.Event()
    lesson(until_asked({"at step 3": interrupted.set}))
    work(claimed, settings, store, interrupted)
    store.datasets.delete(claimed.dataset, "Grace")
    store.runs.ask(claimed.id, "pause", "Ada")
    store.runs.ask(claimed.id, "stop", "Ada")
    again = store.runs.claim("host:2", 10)
    assert again is not None
    lesson(until_asked({"at step 3": lambda: None}))
    work(again, settings, store, threading.Event())
    ended = store.runs.get(claimed.id)
    assert (ended.state, Result.model_validate(ended.result)) == (State.STOPPED, RESULT)


def test_a_watcher_is_told_the_same(store: Store, claimed: Run, settings: Settings, lesson: Lesson) -> None:
    told: list[str] = []

    class Watch:
        def begin(self, *_: Any) -> None:
            told.append("begin")

        def telemetry(self, *_: Any) -> None:
            told.append("telemetry")

        def event(self, step: int, kind: str, text: str) -> None:
            told.append(text)

    lesson(short_training)
    work(claimed, settings, store, threading.Event(), watch=Watch())  # type: ignore[arg-type]
    assert told[1:] == ["begin", "telemetry", "step 3: best so far"]
    assert told[0].startswith("trains on cpu (CPU")


def test_no_thread_outlives_its_run(store: Store, claimed: Run, settings: Settings, lesson: Lesson) -> None:
    def train(*_: Any, **__: Any) -> None:
        raise StaleAttempt("Only the attempt that owns a run may write to it")

    lesson(train)
    before = threading.active_count()
    work(claimed, settings, store, threading.Event())
    assert threading.active_count() == before


def test_a_warm_process_trains_all_programs_of_a_sweep_on_rows_that_are_read_once_while_it_is_their_turn(
    store: Store, recipe: Recipe, settings: Settings, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson(short_training)
    reads: list[str] = []
    table = sys.modules["clipviz.datasets.table"]
    monkeypatch.setattr(
        table, "load", lambda settings, dataset, recipe: reads.append(recipe.data.target) or "rows"
    )

    def swept(first: int) -> str:
        cells = [
            Cell(recipe.replace("seed", seed), f"{seed}", f"{first}{seed % 2}".zfill(16))
            for seed in range(first, first + 4)
        ]
        return store.sweeps.add(Design(recipe=recipe, seeds=range(4)), [], cells, f"{first}", "Ada").id

    mine, others = swept(0), swept(10)
    first = store.runs.claim("a runner", 10)
    assert first is not None
    work_program(first, settings, store, threading.Event())
    assert {run.state for run in store.sweeps.runs(mine)} == {State.FINISHED}
    assert {run.state for run in store.sweeps.runs(others)} == {State.QUEUED}, "left to whoever is free"
    assert reads == ["y"]


def test_a_process_in_which_nothing_went_well_leaves_the_rest_of_the_sweep_to_a_fresh_one(
    store: Store, recipe: Recipe, settings: Settings, lesson: Lesson
) -> None:
    def train(*_: Any, **__: Any) -> None:
        raise TrainingFailed(
            "The device must stay there until training ends", "CUDA error", "Look at the GPU"
        )

    lesson(train)
    cells = [Cell(recipe.replace("seed", seed), f"{seed}", f"{seed % 2}" * 16) for seed in range(4)]
    sweep = store.sweeps.add(Design(recipe=recipe, seeds=range(4)), [], cells, "seeds", "Ada")
    first = store.runs.claim("a runner", 10)
    assert first is not None
    work_program(first, settings, store, threading.Event())
    states = [run.state for run in store.sweeps.runs(sweep.id)]
    assert sorted(states) == [State.FAILED] * 2 + [State.QUEUED] * 2


def test_an_end_that_cannot_be_written_is_the_affair_of_its_own_run(
    store: Store, recipe: Recipe, settings: Settings, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clipviz.runs import worker

    lesson(short_training)
    judged = worker.with_health

    def judge(store: Store, run: str, recipe: Recipe, result: Result) -> Result:
        if recipe.seed == 0:
            raise ZeroDivisionError("nobody foresaw this")
        return judged(store, run, recipe, result)

    monkeypatch.setattr(worker, "with_health", judge)
    cells = [Cell(recipe.replace("seed", seed), f"{seed}", "a" * 16) for seed in range(3)]
    sweep = store.sweeps.add(Design(recipe=recipe, seeds=range(3)), [], cells, "seeds", "Ada")
    first = store.runs.claim("a runner", 10)
    assert first is not None
    work_program(first, settings, store, threading.Event())
    lost, *others = sorted(store.sweeps.runs(sweep.id), key=lambda run: run.seed or 0)
    assert lost.state is State.FAILED and "ZeroDivisionError: nobody foresaw this" in lost.reason
    assert [run.state for run in others] == [State.FINISHED] * 2


def test_an_interrupted_program_gives_all_its_runs_back(
    store: Store, recipe: Recipe, settings: Settings, lesson: Lesson
) -> None:
    interrupted = threading.Event()
    lesson(until_asked({"at step 3": interrupted.set}))
    cells = [Cell(recipe.replace("seed", seed), f"seed {seed}", "a" * 16) for seed in range(2)]
    sweep = store.sweeps.add(Design(recipe=recipe, seeds=range(2)), [], cells, "seeds", "Ada")
    first = store.runs.claim("a runner", 10)
    assert first is not None
    work_program(first, settings, store, interrupted)
    runs = store.sweeps.runs(sweep.id)
    assert [(run.attempt, run.state) for run in runs] == [(1, State.QUEUED)] * 2
