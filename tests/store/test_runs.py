from collections.abc import Callable

import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.errors import Conflict, NotFound
from clipviz.core.run import Run, State
from clipviz.store import Store

from .conftest import Clock

Submit = Callable[..., Run]


def test_a_submitted_run_is_queued(store: Store, submit: Submit) -> None:
    run = submit("first", "Ada")
    assert (run.state, run.attempt, run.request, run.created_by) == (State.QUEUED, 0, "run", "Ada")
    assert store.runs.get(run.id) == run
    assert store.runs.list() == [run]


def test_a_run_born_with_an_owner_is_nobody_elses(store: Store, submit: Submit) -> None:
    run = submit(owner="host:7", lease_seconds=10)
    assert (run.state, run.attempt, run.owner) == (State.RUNNING, 1, "host:7")
    assert store.runs.claim("host:8", 10) is None


def test_a_run_of_a_deleted_dataset_is_refused(store: Store, submit: Submit, dataset: Dataset) -> None:
    store.datasets.delete(dataset.id, "Grace")
    with pytest.raises(NotFound, match="this dataset was deleted by Grace just now"):
        submit()


def test_a_run_of_an_unknown_recipe_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no recipe with this id"):
        store.runs.submit("e" * 16, "x", "Ada")


def test_lists(store: Store, submit: Submit, clock: Clock) -> None:
    made = []
    for number in range(4):
        clock.forward(seconds=1)
        made.append(submit(f"run {number}"))
    store.runs.delete(made[0].id, "Ada")
    assert [run.name for run in store.runs.list(limit=2)] == ["run 3", "run 2"]
    assert len(store.runs.list()) == 3
    assert len(store.runs.list(include_deleted=True)) == 4
    assert store.runs.list(dataset="e" * 16) == []
    picked = [made[2].id, "e" * 16, made[0].id, made[1].id]
    assert [run.name for run in store.runs.many(picked)] == ["run 2", "run 1"]
    assert store.runs.many([]) == []


def test_rename_and_note_count_the_revision(store: Store, submit: Submit) -> None:
    run = submit()
    noted = store.runs.note(run.id, "learning rate looks high", run.revision, "Ada")
    with pytest.raises(Conflict, match="Ada changed this run just now: its name is now 'first'"):
        store.runs.rename(run.id, "second", run.revision, "Grace")
    assert store.runs.rename(run.id, "second", noted.revision, "Grace").note == "learning rate looks high"


def test_a_workers_writes_do_not_disturb_edits(store: Store, running: Run) -> None:
    store.runs.beat(running.id, 1, 10, step=5)
    assert store.runs.rename(running.id, "renamed", running.revision, "Ada").step == 5


def test_a_queued_run_answers_at_once(store: Store, submit: Submit) -> None:
    run = submit()
    assert store.runs.ask(run.id, "pause", "Ada").state is State.PAUSED
    assert store.runs.claim("host:1", 10) is None
    assert store.runs.ask(run.id, "run", "Ada").state is State.QUEUED
    stopped = store.runs.ask(run.id, "stop", "Grace")
    assert (stopped.state, stopped.reason) == (State.STOPPED, "stopped by Grace before it started")
    assert stopped.ended_at is not None
    with pytest.raises(Conflict, match=r"This run has been stopped already. Clone it"):
        store.runs.ask(run.id, "run", "Ada")
    assert [event.text for event in store.events.list(run.id)] == [
        "Ada asked to pause",
        "Ada asked to go on",
        "Grace asked to stop",
    ]


def test_a_running_run_hears_it_at_its_next_beat(store: Store, running: Run) -> None:
    assert store.runs.beat(running.id, 1, 10, 0) == "run"
    assert store.runs.ask(running.id, "pause", "Ada").state is State.RUNNING
    assert store.runs.beat(running.id, 1, 10, 0) == "pause"
    store.runs.ask(running.id, "run", "Ada")
    assert store.runs.beat(running.id, 1, 10, 0) == "run"


def test_a_paused_run_stops_through_a_worker_that_computes_its_result(store: Store, running: Run) -> None:
    store.runs.ask(running.id, "pause", "Ada")
    store.runs.finish(running.id, 1, State.PAUSED, "", None)
    queued = store.runs.ask(running.id, "stop", "Ada")
    assert (queued.state, queued.request) == (State.QUEUED, "stop")
    again = store.runs.claim("host:1", 10)
    assert again is not None and again.request == "stop" and again.attempt == 2


def test_a_running_run_cannot_be_deleted(store: Store, running: Run) -> None:
    with pytest.raises(Conflict, match=r"A running run cannot be deleted; received first. Stop it first"):
        store.runs.delete(running.id, "Ada")


def test_a_deleted_run_waits_for_nobody(store: Store, submit: Submit) -> None:
    run = submit()
    store.runs.delete(run.id, "Ada")
    assert not store.runs.due() and store.runs.claim("host:1", 10) is None
    with pytest.raises(NotFound, match="this run was deleted by Ada just now"):
        store.runs.get(run.id)
    assert store.runs.restore(run.id, "Ada").state is State.STOPPED
