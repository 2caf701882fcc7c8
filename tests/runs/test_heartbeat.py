import sqlite3
import time
from collections.abc import Callable

from clipviz.core.run import Run
from clipviz.core.settings import Settings
from clipviz.runs.heartbeat import Heartbeat, Heartbeats
from clipviz.store import Store


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_it_keeps_the_lease_and_tells_the_step(store: Store, claimed: Run) -> None:
    before = store.runs.get(claimed.id).lease_until
    heartbeat = Heartbeat(store, claimed, lease_seconds=0.2)
    heartbeat.step = 42
    assert eventually(lambda: store.runs.get(claimed.id).step == 42)
    heartbeat.stop()
    assert store.runs.get(claimed.id).lease_until != before


def test_it_hears_what_people_want(store: Store, claimed: Run) -> None:
    heartbeat = Heartbeat(store, claimed, lease_seconds=0.2)
    assert heartbeat.request == "run"
    store.runs.ask(claimed.id, "stop", "Ada")
    assert eventually(lambda: heartbeat.request == "stop")
    heartbeat.stop()


def test_it_ends_when_the_run_is_somebody_elses(store: Store, claimed: Run) -> None:
    heartbeat = Heartbeat(store, claimed, lease_seconds=0.2)
    store.runs.lost(claimed.id, 1, "lost touch")
    assert eventually(lambda: heartbeat.failure is not None)
    heartbeat.stop()


def test_it_survives_a_locked_store(store: Store, claimed: Run, settings: Settings) -> None:
    other = sqlite3.connect(settings.home / "clipviz.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    heartbeat = Heartbeat(store, claimed, lease_seconds=0.2)
    time.sleep(0.3)
    other.close()
    heartbeat.step = 7
    assert eventually(lambda: store.runs.get(claimed.id).step == 7)
    heartbeat.stop()


def test_one_thread_beats_for_many(store: Store, claimed: Run) -> None:
    other = store.runs.submit(claimed.recipe, "other", "Ada", owner="here:1", lease_seconds=60)
    heartbeats = Heartbeats(store, [claimed, other], lease_seconds=0.2)
    mine, theirs = heartbeats.pulses
    mine.step = 42
    store.runs.ask(other.id, "stop", "Ada")
    assert eventually(lambda: store.runs.get(claimed.id).step == 42 and theirs.request == "stop")
    store.runs.lost(claimed.id, 1, "lost touch")
    assert eventually(lambda: mine.failure is not None)
    assert theirs.failure is None and mine.request == "run"
    heartbeats.stop()
