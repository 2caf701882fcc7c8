from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Run
from clipviz.store import Store
from clipviz.store.telemetry import Chunk, resolve

from .conftest import Clock


def block(steps: list[int], columns: int = 2, start: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    values = start + np.arange(len(steps) * columns, dtype=np.float32).reshape(len(steps), columns)
    return np.array(steps, dtype=np.int64), values


def chunk(attempt: int, steps: list[int], stream: str = "step") -> Chunk:
    values = np.full((len(steps), 1), attempt, dtype=np.float32)
    return Chunk(0, attempt, stream, np.array(steps, dtype=np.int64), values)


@pytest.mark.parametrize("steps", [[1, 2, 3], [7], [10, 60, 61], [2**40, 2**40 + 5]])
def test_blocks_come_back_bit_for_bit(store: Store, running: Run, steps: list[int]) -> None:
    store.telemetry.declare(running.id, 1, {"step": ["loss", "gradient_norm"]})
    positions, values = block(steps)
    values[0] = np.nan, np.inf
    store.telemetry.append(running.id, 1, "step", positions, values)
    [found] = store.telemetry.read(running.id)
    assert (found.attempt, found.stream) == (1, "step")
    np.testing.assert_array_equal(found.steps, positions)
    np.testing.assert_array_equal(found.values, values)
    assert found.values.dtype == np.float32 and found.steps.dtype == np.int64


def test_news_only(store: Store, running: Run) -> None:
    store.telemetry.declare(running.id, 1, {"step": ["a", "b"], "evaluation": ["c"]})
    store.telemetry.append(running.id, 1, "step", *block([1, 2]))
    [first] = store.telemetry.read(running.id)
    store.telemetry.append(running.id, 1, "evaluation", *block([2], columns=1))
    store.telemetry.append(running.id, 1, "step", *block([3, 4]))
    news = store.telemetry.read(running.id, after=first.key)
    assert [(found.stream, found.steps.tolist()) for found in news] == [("evaluation", [2]), ("step", [3, 4])]
    assert first.key < news[0].key < news[1].key
    assert store.telemetry.read(running.id, after=news[-1].key) == []
    assert store.runs.get(running.id).step == 4


def test_declaring_twice_is_declaring_once(store: Store, running: Run) -> None:
    for _ in range(2):
        store.telemetry.declare(running.id, 1, {"step": ["loss"]})
    assert store.telemetry.series(running.id) == {"step": ("loss",)}


def test_nothing_is_written_for_nothing(store: Store, running: Run) -> None:
    store.telemetry.append(running.id, 1, "step", *block([]))
    assert store.telemetry.read(running.id) == []


def test_a_wrong_shape_is_told(store: Store, running: Run) -> None:
    with pytest.raises(ValueError, match=r"Expected values of shape \(2, S\), but got \(3, 2\)"):
        store.telemetry.append(running.id, 1, "step", np.array([1, 2]), np.zeros((3, 2), np.float32))


def test_a_stale_attempt_writes_nothing(store: Store, running: Run, clock: Clock) -> None:
    store.telemetry.declare(running.id, 1, {"step": ["a", "b"]})
    clock.forward(seconds=11)
    assert store.runs.claim("host:2", 10) is not None
    with pytest.raises(
        StaleAttempt, match=r"Only the attempt that owns a run may write to it; received attempt 1"
    ):
        store.telemetry.append(running.id, 1, "step", *block([1, 2]))
    assert store.telemetry.read(running.id) == []
    assert store.runs.get(running.id).step == 0


def test_series_are_the_newest_attempts(store: Store, running: Run) -> None:
    assert store.telemetry.series(running.id) == {}
    store.telemetry.declare(running.id, 1, {"step": ["a", "b"], "evaluation": ["c"]})
    store.telemetry.append(running.id, 1, "step", *block([1, 2]))
    store.runs.lost(running.id, 1, "crashed")
    store.runs.claim("host:1", 10)
    store.telemetry.declare(running.id, 2, {"step": ["b", "new"]})
    store.telemetry.append(running.id, 2, "step", *block([2, 3], start=10))
    assert store.telemetry.series(running.id) == {"step": ("b", "new"), "evaluation": ("c",)}
    old, new = store.telemetry.read(running.id)
    np.testing.assert_array_equal(old.values, np.array([[1, np.nan], [3, np.nan]], np.float32))
    np.testing.assert_array_equal(new.values, [[10, 11], [12, 13]])


def test_a_later_attempt_supersedes_from_its_first_step() -> None:
    history = resolve(
        [
            chunk(1, [1, 2, 3]),
            chunk(1, [4, 5]),
            chunk(1, [2, 4], "evaluation"),
            chunk(2, [4, 5, 6]),
            chunk(2, [6], "evaluation"),
        ]
    )
    steps, values = history["step"]
    assert steps.tolist() == [1, 2, 3, 4, 5, 6]
    assert values[:, 0].tolist() == [1, 1, 1, 2, 2, 2]
    steps, values = history["evaluation"]
    assert steps.tolist() == [2, 6], "attempt 2 did step 4 again; its evaluation of it may still come"
    assert resolve([]) == {}


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=6))
def test_any_history_of_attempts_ascends_and_newer_ones_win(spans: list[tuple[int, int]]) -> None:
    chunks = [
        chunk(attempt, list(range(first, first + length)))
        for attempt, (first, length) in enumerate(spans, start=1)
    ]
    steps, values = resolve(chunks)["step"]
    assert np.all(np.diff(steps) > 0)
    starts = [first for first, _ in spans]
    for step, value in zip(steps, values[:, 0], strict=True):
        assert all(start > step for start in starts[int(value) :])


def test_one_stream_in_blocks_is_what_resolving_all_of_it_gives(
    store: Store, running: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clipviz.store.telemetry.PAGE", 2)
    names = {"step": ["a", "b"], "evaluation": ["c"]}
    store.telemetry.declare(running.id, 1, names)
    for first in (1, 3, 5, 7):
        store.telemetry.append(running.id, 1, "step", *block([first, first + 1], start=first))
    store.telemetry.append(running.id, 1, "evaluation", *block([8], columns=1))
    clock.forward(seconds=60)
    again = store.runs.claim("host:2", lease_seconds=10)
    assert again is not None and again.attempt == 2
    store.telemetry.declare(running.id, 2, {"step": ["b", "a"], "evaluation": ["c"]})
    store.telemetry.append(running.id, 2, "step", *block([6, 7], start=100))
    steps, values = resolve(store.telemetry.read(running.id))["step"]
    for least in (1, 3, 100):
        parts = list(store.telemetry.blocks(running.id, "step", least))
        assert len(parts) <= -(-len(steps) // least)
        np.testing.assert_array_equal(np.concatenate([each for each, _ in parts]), steps)
        np.testing.assert_array_equal(np.concatenate([each for _, each in parts]), values)
    assert steps.tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_one_stream_of_many_runs_is_read_at_once(store: Store, submit: Callable[..., Run]) -> None:
    ids = []
    for number in range(2):
        run = store.runs.claim("host:1", 10) if (submit(f"run {number}")) else None
        assert run is not None
        store.telemetry.declare(
            run.id, 1, {"step": ["loss"], "evaluation": ["train_loss", "validation_loss"]}
        )
        for first in (1, 3):
            steps = np.arange(first, first + 2)
            store.telemetry.append(run.id, 1, "evaluation", steps, np.full((2, 2), number, np.float32))
            store.telemetry.append(run.id, 1, "step", steps, np.full((2, 1), 9, np.float32))
        ids.append(run.id)
    found = store.telemetry.histories([*ids, "e" * 16], "evaluation")
    assert sorted(found) == sorted(ids)
    assert found[ids[1]].steps.tolist() == [1, 2, 3, 4]
    assert found[ids[1]].column("validation_loss").tolist() == [1, 1, 1, 1]
    assert np.isnan(found[ids[1]].column("nonsense")).all()
    newest = store.telemetry.histories(ids, "step", newest_only=True)
    assert [newest[id].steps.tolist() for id in ids] == [[3, 4], [3, 4]]
