import threading
from collections.abc import Callable

import pytest

import clipviz.store
from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Result, Run, State
from clipviz.store import Store
from clipviz.store.transitions import HOPELESS

from .conftest import Clock

Submit = Callable[..., Run]

RESULT = Result(
    metrics={"mae": 2.5, "r2": None},
    validation={},
    train={},
    baseline={"mae": 6.0},
    thresholds={"layer 2": [1.5], "layer 1": [0.5, 2.0]},
    bounds={"x": (None, 3.0)},
    steps=10,
    best_step=9,
    seconds=1.5,
    clipped_share=0.25,
)


def test_the_oldest_is_taken_first(store: Store, submit: Submit, clock: Clock) -> None:
    names = ["first", "second", "third"]
    for name in names:
        submit(name)
        clock.forward(seconds=1)
    taken = [store.runs.claim("host:1", 10) for _ in range(4)]
    assert [run and run.name for run in taken] == [*names, None]


def test_many_claimers_never_share_a_run(store: Store, submit: Submit, url: str) -> None:
    for number in range(12):
        submit(f"run {number}")
    taken: list[str] = []

    def claim_all(owner: str) -> None:
        with clipviz.store.open(url) as mine:
            while (run := mine.runs.claim(owner, 60)) is not None:
                taken.append(run.id)

    threads = [threading.Thread(target=claim_all, args=(f"host:{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12


def test_a_run_knows_its_place_in_the_queue(store: Store, submit: Submit, clock: Clock) -> None:
    submitted = []
    for name in ("first", "second", "third"):
        submitted.append(submit(name))
        clock.forward(seconds=1)
    assert store.runs.queue(submitted[2]) == (0, 2)
    store.runs.claim("host:1", 60)
    assert store.runs.queue(submitted[2]) == (1, 1)


def test_a_beating_run_stays_with_its_owner(store: Store, running: Run, clock: Clock) -> None:
    for step in range(5):
        clock.forward(seconds=8)
        store.runs.beat(running.id, 1, 10, step)
        assert not store.runs.due()
    assert store.runs.get(running.id).step == 4


def test_a_silent_one_is_taken_and_the_old_owner_refused(store: Store, running: Run, clock: Clock) -> None:
    clock.forward(seconds=11)
    assert store.runs.due()
    taken = store.runs.claim("host:2", 10)
    assert taken is not None and (taken.id, taken.attempt, taken.owner) == (running.id, 2, "host:2")
    refusals: list[Callable[[], object]] = [
        lambda: store.runs.beat(running.id, 1, 10, 5),
        lambda: store.runs.begin(running.id, 1, 100, "cpu"),
        lambda: store.runs.finish(running.id, 1, State.FINISHED, "", RESULT),
        lambda: store.runs.release(running.id, 1, ""),
        lambda: store.runs.lost(running.id, 1, ""),
        lambda: store.events.append(running.id, 1, 5, "info", "late"),
        lambda: store.telemetry.declare(running.id, 1, {"step": ["loss"]}),
    ]
    for refusal in refusals:
        with pytest.raises(StaleAttempt, match="attempt 1 of"):
            refusal()
    assert store.runs.get(running.id) == taken


def test_a_spared_run_is_left_to_who_watches_it(store: Store, running: Run, clock: Clock) -> None:
    clock.forward(seconds=11)
    assert not store.runs.due(spare={running.id})
    assert store.runs.claim("host:2", 10, spare={running.id}) is None
    assert store.runs.beat(running.id, 1, 10, 5) == "run"


def test_the_end_is_kept_with_its_result(store: Store, running: Run) -> None:
    store.runs.begin(running.id, 1, 100, "cpu", owner="host:99")
    ended = store.runs.finish(running.id, 1, State.FINISHED, "no better for 40 evaluations", RESULT)
    assert (ended.state, ended.steps, ended.device, ended.owner) == (State.FINISHED, 100, "cpu", "host:99")
    assert ended.lease_until is None and ended.ended_at is not None
    assert Result.model_validate(ended.result) == RESULT
    assert list(ended.result["thresholds"]) == ["layer 2", "layer 1"]
    with pytest.raises(StaleAttempt, match="it is at attempt 1, finished"):
        store.runs.beat(running.id, 1, 10, 0)


def test_pause_and_resume(store: Store, running: Run) -> None:
    store.runs.ask(running.id, "pause", "Ada")
    assert store.runs.finish(running.id, 1, State.PAUSED, "paused", None).state is State.PAUSED
    store.runs.ask(running.id, "run", "Ada")
    again = store.runs.claim("host:1", 10)
    assert again is not None and (again.attempt, again.request, again.reason) == (2, "run", "")


def test_a_pause_taken_back_too_late_queues_the_run(store: Store, running: Run) -> None:
    store.runs.ask(running.id, "pause", "Ada")
    store.runs.ask(running.id, "run", "Ada")
    assert store.runs.finish(running.id, 1, State.PAUSED, "", None).state is State.QUEUED


@pytest.mark.parametrize(("request_", "state"), [("run", State.QUEUED), ("pause", State.PAUSED)])
def test_a_released_run_waits(store: Store, running: Run, request_: str, state: State) -> None:
    store.runs.ask(running.id, request_, "Ada")
    assert store.runs.release(running.id, 1, "the runner was told to end").state is state


def test_a_crash_without_progress_is_forgiven_twice(store: Store, running: Run) -> None:
    run: Run | None = running
    for attempt in range(1, HOPELESS):
        assert store.runs.lost(running.id, attempt, "crashed, signal 9").state is State.QUEUED
        run = store.runs.claim("host:1", 10)
        assert run is not None and run.attempt == attempt + 1
    failed = store.runs.lost(running.id, HOPELESS, "crashed, signal 9")
    assert failed.state is State.FAILED and failed.ended_at is not None
    assert failed.reason.startswith("crashed, signal 9; 3 attempts in a row came no further than step 0.")


def test_crashes_with_progress_are_forgiven_for_ever(store: Store, running: Run) -> None:
    for attempt in range(1, 8):
        store.runs.beat(running.id, attempt, 10, step=attempt * 10)
        lost = store.runs.lost(running.id, attempt, "crashed, signal 9")
        assert lost.reason == "crashed, signal 9; goes on from its last checkpoint"
        assert store.runs.claim("host:1", 10) is not None


def test_a_crash_while_a_pause_was_asked_pauses(store: Store, running: Run) -> None:
    store.runs.ask(running.id, "pause", "Ada")
    assert store.runs.lost(running.id, 1, "crashed").state is State.PAUSED
