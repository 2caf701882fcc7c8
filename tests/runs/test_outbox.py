import sqlite3
import threading
import time

import numpy as np
import pytest

from clipviz.core.errors import StoreUnavailable
from clipviz.core.run import Run
from clipviz.core.settings import Settings
from clipviz.runs.outbox import Outboxes
from clipviz.store import Store
from clipviz.store.letters import Flush, Sentence
from clipviz.store.telemetry import resolve


def flush(first: int, length: int = 10) -> Flush:
    return Flush("step", np.arange(first, first + length), np.full((length, 1), first, np.float32))


@pytest.fixture
def begun(store: Store, claimed: Run) -> Run:
    store.telemetry.declare(claimed.id, 1, {"step": ["loss"], "evaluation": ["train_loss"]})
    return claimed


def locked(settings: Settings) -> sqlite3.Connection:
    other = sqlite3.connect(settings.home / "clipviz.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def texts(store: Store, run: Run) -> list[str]:
    return [event.text for event in store.events.list(run.id)]


def test_everything_arrives_in_order(store: Store, begun: Run) -> None:
    outbox = Outboxes(store).open(begun)
    for first in range(1, 101, 10):
        outbox.put(flush(first))
        outbox.put(Sentence(first, "info", f"step {first}"))
    outbox.close(5)
    steps, values = resolve(store.telemetry.read(begun.id))["step"]
    assert steps.tolist() == list(range(1, 101))
    assert values[10, 0] == 11
    assert texts(store, begun)[1:] == [f"step {first}" for first in range(1, 101, 10)]


def test_a_locked_store_costs_nothing_but_time(store: Store, begun: Run, settings: Settings) -> None:
    other = locked(settings)
    outbox = Outboxes(store).open(begun)
    for first in range(1, 101, 10):
        outbox.put(flush(first))
    time.sleep(0.2)
    assert store.telemetry.read(begun.id) == []
    other.close()
    outbox.close(10)
    found = store.telemetry.read(begun.id)
    assert resolve(found)["step"][0].tolist() == list(range(1, 101))
    assert len(found) <= 3, "what waited is written as few blocks"
    assert "The database is locked by another process: training went on for" in texts(store, begun)[-1]
    assert texts(store, begun)[-1].endswith("nothing was lost")


def test_memory_is_bounded_and_the_loss_is_told(store: Store, begun: Run, settings: Settings) -> None:
    other = locked(settings)
    outbox = Outboxes(store).open(begun, capacity=int(3.5 * flush(0, 1000).size))
    outbox.put(flush(1, 1000))
    time.sleep(0.1)  # the first one is being written by now
    for first in range(1001, 10_001, 1000):
        outbox.put(flush(first, 1000))
    other.close()
    outbox.close(10)
    assert resolve(store.telemetry.read(begun.id))["step"][0].tolist() == [
        *range(1, 1001),
        *range(7001, 10_001),
    ]
    assert "telemetry of 6,000 steps did not fit in memory and is lost" in texts(store, begun)[-1]


def test_a_loss_is_told_too_where_the_store_was_only_slow(store: Store, begun: Run) -> None:
    box = Outboxes(store).open(begun, capacity=int(3.5 * flush(0, 1000).size))
    with box._changed:  # nothing leaves meanwhile
        for first in range(1, 10_001, 1000):
            box.put(flush(first, 1000))
    box.close(10)
    assert texts(store, begun)[-1] == (
        "The store writes too slowly: telemetry of 7,000 steps did not fit in memory and is lost"
    )


def test_streams_are_kept_apart(store: Store, begun: Run, settings: Settings) -> None:
    other = locked(settings)
    outbox = Outboxes(store).open(begun)
    for first in range(1, 41, 10):
        outbox.put(flush(first))
        outbox.put(Flush("evaluation", np.array([first]), np.ones((1, 1), np.float32)))
    other.close()
    outbox.close(10)
    history = resolve(store.telemetry.read(begun.id))
    assert history["step"][0].tolist() == list(range(1, 41))
    assert history["evaluation"][0].tolist() == [1, 11, 21, 31]


def test_a_stale_attempt_stops_writing(store: Store, begun: Run) -> None:
    store.runs.lost(begun.id, 1, "lost touch")
    outbox = Outboxes(store).open(begun)
    outbox.put(flush(1))
    outbox.close(5)
    assert outbox.failure is not None and "attempt 1" in str(outbox.failure)
    assert store.telemetry.read(begun.id) == []


def test_a_store_that_stays_away_is_told(store: Store, begun: Run, settings: Settings) -> None:
    other = locked(settings)
    outbox = Outboxes(store).open(begun)
    outbox.put(flush(1))
    with pytest.raises(StoreUnavailable, match="The store stayed away; received 1 unwritten letters"):
        outbox.close(0.2)
    other.close()
    assert not any(thread.name == "outbox" for thread in threading.enumerate())


def test_one_thread_writes_for_many_and_ends_with_the_last(store: Store, begun: Run) -> None:
    other = begun.model_copy(update={"id": "0" * 16})
    outboxes = Outboxes(store)
    one, gone = outboxes.open(begun), outboxes.open(other)
    assert sum(thread.name == "outbox" for thread in threading.enumerate()) == 1
    gone.put(flush(1))
    one.put(flush(1))
    one.close(5)
    gone.close(5)
    assert gone.failure is not None and one.failure is None
    assert resolve(store.telemetry.read(begun.id))["step"][0].tolist() == list(range(1, 11))
    assert not any(thread.name == "outbox" for thread in threading.enumerate())
