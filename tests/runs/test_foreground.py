import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from clipviz.core.errors import StoreUnavailable
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Sink, State
from clipviz.core.settings import Settings
from clipviz.runs import foreground
from clipviz.runs.foreground import train_here
from clipviz.store import Store

from .conftest import RESULT, say, short_training

Lesson = Callable[[Callable[..., Any]], None]


def endless(interrupts: int) -> Callable[..., Any]:
    """A training that presses Ctrl-C so often, each time it has seen what the last one did."""

    def train(recipe: Recipe, table: Any, sink: Sink, **_: Any) -> tuple[State, Result | None]:
        sink.begin(10_000, "cpu", {"step": ["loss"]})
        for step in range(1, 10_000):
            say(sink, 1, first=step)
            asked = sink.request()
            if asked == "pause":
                return State.PAUSED, None
            if asked == "stop" and interrupts == 1:
                return State.STOPPED, RESULT
            if step == 5 or (asked == "stop" and step % 50 == 0):
                os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.01)
        raise AssertionError("nobody stopped it")

    return train


@pytest.fixture
def saved(store: Store, recipe: Recipe) -> str:
    return store.recipes.add(recipe, "plain", "Ada").id


def test_the_run_is_in_the_store_from_its_first_moment(
    store: Store, settings: Settings, saved: str, lesson: Lesson
) -> None:
    seen: list[Any] = []

    def train(*args: Any, **options: Any) -> tuple[State, Result | None]:
        seen.extend(store.runs.list())
        assert store.runs.claim("a runner", 10) is None
        return short_training(*args, **options)

    lesson(train)
    ended = train_here(store, settings, saved, "by hand", "Ada")
    assert (ended.state, ended.attempt, ended.name) == (State.FINISHED, 1, "by hand")
    assert [(run.id, run.state) for run in seen] == [(ended.id, State.RUNNING)]
    assert seen[0].owner.endswith(f":{os.getpid()}")


def test_ctrl_c_stops_and_keeps_the_result(
    store: Store, settings: Settings, saved: str, lesson: Lesson
) -> None:
    lesson(endless(interrupts=1))
    ended = train_here(store, settings, saved, "by hand", "Ada")
    assert ended.state is State.STOPPED and ended.result is not None
    assert any(event.text == "Ada asked to stop" for event in store.events.list(ended.id))


def test_a_second_ctrl_c_leaves_it_to_a_runner(
    store: Store, settings: Settings, saved: str, lesson: Lesson
) -> None:
    lesson(endless(interrupts=2))
    left = train_here(store, settings, saved, "by hand", "Ada")
    assert left.state is State.QUEUED and left.result is None
    assert store.runs.claim("a runner", 10) is not None


def test_trouble_with_the_store_is_raised(
    store: Store, settings: Settings, saved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: Any) -> None:
        raise StoreUnavailable("The database is locked by another process")

    monkeypatch.setattr(foreground, "work", work)
    with pytest.raises(StoreUnavailable, match="locked by another process"):
        train_here(store, settings, saved, "by hand", "Ada")
