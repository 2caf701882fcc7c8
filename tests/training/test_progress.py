"""Where a run stands."""

from pathlib import Path

import pytest

from clipviz.core.run import State
from clipviz.training import checkpoint
from clipviz.training.assembly import assemble
from clipviz.training.journal import Journal
from clipviz.training.progress import Progress

from .conftest import recipe, regression


def progress(rows: int, **changes: object) -> Progress:
    made = recipe(**changes)
    return Progress(assemble(made, regression(rows), "cpu"), made, "cpu")


@pytest.mark.parametrize(
    ("rows", "batch", "epochs", "due"),
    [
        (200, 32, 12, [50, 60]),  # 5 steps an epoch: every tenth epoch, and the end
        (200, 64, 40, [51, 102, 120]),  # 3 an epoch
        (2000, 10, 2, [140, 280]),  # once an epoch
        (200, 1000, 3, [3]),
    ],
)
def test_evaluations_are_at_epochs_and_fifty_steps_apart(
    rows: int, batch: int, epochs: int, due: list[int]
) -> None:
    now = progress(rows, training__batch_size=batch, training__epochs=epochs)
    seen = []
    while not now.over:
        now.advance()
        if now.due:
            now.evaluate()
            seen.append(now.step)
    assert seen == due and now.total == due[-1]


def test_an_epoch_shows_every_row_once() -> None:
    now = progress(200)
    places = [place for batch in now._split(3, 0) for place in batch.tolist()]
    assert sorted(places) == list(range(140))


def test_endings_are_told_in_words() -> None:
    now = progress(200, stopping__patience=1)
    now.stopping.better(0, 0.5)
    now.step = 7
    best = "the best validation loss, 0.5, was at step 0"
    assert now.ending(State.STOPPED) == f"stopped at step 7 as asked; {best}"
    assert now.ending(State.FINISHED) == f"finished all 150 steps; {best}"
    now.stopping.better(5, 0.7)
    assert now.ending(State.FINISHED) == f"stopped early at step 7: no better for 1 evaluation; {best}"


def test_seconds_are_counted_over_all_attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    first = progress(200)
    now[0] += 7.5
    first.save(tmp_path, Journal())
    now[0] += 1000
    second = progress(200)
    saved = checkpoint.read(tmp_path)
    assert saved is not None
    second.restore(saved, Journal())
    now[0] += 2
    assert second.seconds == 9.5
