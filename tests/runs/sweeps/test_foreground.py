import os
import signal
import threading
from typing import Any

import pytest

from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Sink, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep
from clipviz.runs.sweeps import submit
from clipviz.runs.sweeps.foreground import train_here
from clipviz.store import Store
from tests.runs.conftest import RESULT, say, short_training


@pytest.fixture
def sweep(store: Store, settings: Settings, recipe: Recipe) -> Sweep:
    return submit.start(store, settings, Design(recipe=recipe, seeds=(0, 1)), "mine", "Ada", awake=False)


def test_all_runs_are_trained_here_and_progress_is_told(
    store: Store, settings: Settings, sweep: Sweep, lesson: Any
) -> None:
    lesson(short_training)
    told: list[tuple[int, float | None]] = []
    standing = train_here(store, settings, sweep, "Ada", lambda now, left: told.append((now.ended, left)))
    assert standing.over and standing.states == {State.FINISHED: 4}
    assert [ended for ended, _ in told] == [1, 2, 3, 4] and told[-1][1] == 0


def test_it_waits_for_runs_in_other_hands(
    store: Store, settings: Settings, sweep: Sweep, lesson: Any
) -> None:
    lesson(short_training)
    other = store.runs.claim_cell("host:2", 60, sweep=sweep.id)
    threading.Timer(0.3, lambda: store.runs.finish(other.id, 1, State.FINISHED, "", RESULT)).start()
    assert train_here(store, settings, sweep, "Ada").over


def test_it_takes_over_what_a_dead_process_left_running(
    store: Store, settings: Settings, sweep: Sweep, lesson: Any
) -> None:
    lesson(short_training)
    assert store.runs.claim_cell("nobody:1", 0.2, sweep=sweep.id) is not None
    assert train_here(store, settings, sweep, "Ada").states == {State.FINISHED: 4}


def test_ctrl_c_stops_the_sweep_and_keeps_what_has_ended(
    store: Store, settings: Settings, sweep: Sweep, lesson: Any
) -> None:
    trained: list[int] = []

    def train(recipe: Recipe, table: Any, sink: Sink, **_: Any) -> tuple[State, Result | None]:
        sink.begin(10_000, "cpu", {"step": ["loss"]})
        trained.append(recipe.seed)
        if len(trained) == 1:
            return State.FINISHED, RESULT
        os.kill(os.getpid(), signal.SIGINT)
        for step in range(1, 1000):
            say(sink, 1, first=step)
            if sink.request() == "stop":
                return State.STOPPED, RESULT
            threading.Event().wait(0.01)
        raise AssertionError("nobody stopped it")

    lesson(train)
    standing = train_here(store, settings, sweep, "Ada")
    assert standing.states == {State.FINISHED: 1, State.STOPPED: 3} and len(trained) == 2
