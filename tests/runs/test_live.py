"""Live runs on a real store: whoever asks gets the news, and only the news, and asking is cheap."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clipviz.core.errors import NotFound, StoreUnavailable
from clipviz.core.run import Run, State
from clipviz.runs.live import Live
from clipviz.runs.snapshot import Encoded
from tests.live_story import NAMES, STEP, Story, rows, story_in


class Clock:
    """Seconds that a test moves; far enough from zero that the first look is never too early."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 0.3
        return self.now


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = story_in(tmp_path)
    yield told
    told.store.close()


@pytest.fixture
def live(story: Story) -> Live:
    return Live(story.store, clock=Clock())


class Viewer:
    """A browser: holds points as the live chart's own code does."""

    def __init__(self, live: Live, run: Run) -> None:
        self.live, self.run = live, run
        self.cursor = ""
        self.series: dict[tuple[str, str], list[tuple[int, float]]] = {}
        self.marks: list[Any] = []
        self.events: list[Any] = []

    def look(self) -> dict[str, Any]:
        delta = self.live.delta(self.run.id, self.cursor)
        self.cursor = delta["cursor"]
        if delta["reset"]:
            self.series.clear()
            self.marks.clear()
        for stream, news in delta["streams"].items():
            for key in [key for key in self.series if key[0] == stream]:
                self.series[key] = [point for point in self.series[key] if point[0] < news["from"]]
            for name, (x, y) in news["series"].items():
                self.series.setdefault((stream, name), []).extend(zip(x, y, strict=True))
        self.marks += delta["marks"]
        self.events += delta["events"]
        return delta


def test_viewer_who_follows_has_what_a_newcomer_gets(story: Story, live: Live) -> None:
    run = story.started(steps=30_000)
    follower = Viewer(live, run)
    step = 0
    for length in (1, 30, 169, 300, 524, 1, 5, 2000, 970, 3000, 7):
        story.trained(run, step + 1, step + length, flush=97)
        step += length
        follower.look()
        newcomer = Viewer(live, run)
        newcomer.look()
        assert follower.series == newcomer.series
    stride = live.delta(run.id)["streams"]["step"]["stride"]
    assert step - stride < follower.series["step", "loss"][-1][0] <= step
    assert len(follower.series["step", "loss"]) <= 2048


def test_nothing_new_is_nothing_sent(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 150)
    story.said(run, 97, "spike", "step 97: gradient norm 46 -> 1.0")
    viewer = Viewer(live, run)
    assert viewer.look()["reset"] is True
    again = viewer.look()
    assert (again["reset"], again["streams"], again["events"], again["marks"]) == (False, {}, [], [])
    assert [event["text"] for event in viewer.events] == [
        "started by host:1",
        "step 97: gradient norm 46 -> 1.0",
    ]


@pytest.mark.parametrize("cursor", ["", "x", "zz-1", "-", "1", "abc-99999999999999999999", "-1-1", "é-²"])
def test_unknown_cursor_gets_everything(story: Story, live: Live, cursor: str) -> None:
    run = story.started()
    story.trained(run, 1, 50)
    delta = live.delta(run.id, cursor)
    assert delta["reset"] is True
    assert len(delta["streams"]["step"]["series"]["loss"][0]) == 50


def test_viewer_who_slept_long_gets_everything(story: Story, live: Live) -> None:
    run = story.started(steps=30_000)
    viewer = Viewer(live, run)
    viewer.look()
    for step in range(1, 101):
        story.trained(run, step, step)
        live.delta(run.id)
    assert viewer.look()["reset"] is True


def test_later_attempt_supersedes_from_its_first_step(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 180)
    viewer = Viewer(live, run)
    viewer.look()
    story.store.runs.lost(run.id, run.attempt, "crashed, signal 9")
    second = story.store.runs.claim("host:2", 60)
    assert second is not None and second.attempt == 2
    story.store.telemetry.declare(run.id, 2, NAMES)
    story.trained(second, 121, 160, flush=20)
    viewer.look()
    steps = [step for step, _ in viewer.series["step", "loss"]]
    assert steps == list(range(1, 161))
    assert [step for step, _ in viewer.series["evaluation", "train_loss"]] == [50, 100, 150]
    newcomer = Viewer(live, run)
    newcomer.look()
    assert viewer.series == newcomer.series


def test_resumed_run_goes_on_where_it_paused(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    viewer = Viewer(live, run)
    viewer.look()
    story.store.runs.ask(run.id, "pause", "Ada")
    story.store.runs.finish(run.id, run.attempt, State.PAUSED, "", None)
    assert viewer.look()["run"]["state"] == "paused"
    story.store.runs.ask(run.id, "run", "Ada")
    second = story.store.runs.claim("host:2", 60)
    assert second is not None
    story.store.telemetry.declare(run.id, second.attempt, NAMES)
    story.trained(second, 101, 200)
    assert viewer.look()["reset"] is False
    assert [step for step, _ in viewer.series["step", "loss"]] == list(range(1, 201))


def test_columns_of_a_newer_version_are_put_in_their_places(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    viewer = Viewer(live, run)
    viewer.look()
    story.store.runs.lost(run.id, run.attempt, "crashed")
    second = story.store.runs.claim("host:2", 60)
    assert second is not None
    story.store.telemetry.declare(run.id, 2, {"step": ("loss", "temperature")})
    story.store.telemetry.append(
        run.id, 2, "step", np.array([101, 102]), np.array([[1, 2], [3, 4]], np.float32)
    )
    viewer.look()
    assert [step for step, _ in viewer.series["step", "loss"]] == list(range(1, 103))
    assert viewer.series["step", "temperature"] == [(101, 2.0), (102, 4.0)]


def test_share_of_clipped_steps_moves_over_a_hundred(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 400, flush=37)
    viewer = Viewer(live, run)
    said = viewer.look()["run"]
    fired = rows_fired(400)
    shares = dict(viewer.series["step", "clipped_share"])
    for step in (1, 50, 100, 101, 250, 400):
        assert shares[step] == pytest.approx(fired[max(0, step - 100) : step].mean(), abs=1e-5)
    assert said["clipped_share"] == pytest.approx(fired.mean())


def rows_fired(last: int) -> "np.ndarray[Any, Any]":
    parts = [rows(start, min(start + 36, last))[:, STEP.index("fired")] for start in range(1, last + 1, 37)]
    return np.concatenate(parts)


def test_not_finite_values_are_marked_counted_and_bounded(story: Story, live: Live) -> None:
    run = story.started()
    viewer = Viewer(live, run)
    broken = rows(1, 700)
    broken[:, STEP.index("loss")] = np.nan
    broken[0, STEP.index("gradient_norm")] = np.inf
    story.store.telemetry.append(run.id, run.attempt, "step", np.arange(1, 701), broken)
    assert viewer.look()["run"]["non_finite"] == 701
    assert len(viewer.marks) == 500
    assert viewer.marks[:3] == [(1, "loss", "nan"), (1, "gradient_norm", "+inf"), (2, "loss", "nan")]
    assert ("step", "loss") not in viewer.series


def test_window_holds_every_row_of_a_long_run(story: Story, live: Live) -> None:
    run = story.started(steps=30_000)
    story.trained(run, 1, 9000, flush=1000)
    window = live.window(run.id, 4321, 4700)
    assert window["streams"]["step"]["stride"] == 1
    x, y = window["streams"]["step"]["series"]["gradient_norm"]
    assert x == list(range(4321, 4701))
    assert y == pytest.approx(rows(4001, 5000)[320:700, STEP.index("gradient_norm")], rel=1e-5)
    assert window["streams"]["evaluation"]["series"]["train_loss"][0] == list(range(4350, 4701, 50))
    fired = rows(4001, 5000)[:, STEP.index("fired")]
    share = window["streams"]["step"]["series"]["clipped_share"]
    assert share[1][0] == pytest.approx(fired[221:321].mean(), abs=1e-5)
    assert live.window(run.id, 90_000, 90_001)["streams"] == {}
    wide = live.window(run.id, 0, 9000)["streams"]["step"]
    assert wide["rows"] == 9000 and len(wide["series"]["loss"][0]) <= 2048


def test_table_holds_every_measured_row(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 120)
    broken = rows(121, 121)
    broken[0, :2] = np.nan
    story.store.telemetry.append(run.id, run.attempt, "step", np.array([121]), broken)
    wanted = [("step", "loss"), ("step", "clipped_share"), ("evaluation", "train_loss"), ("step", "no such")]
    lines = "".join(live.table(run.id, wanted)).splitlines()
    cells = [line.split(",") for line in lines]
    assert [cell[3] for cell in cells if cell[2] == "loss"] == [str(step) for step in range(1, 122)]
    assert cells[120][4] == "nan"
    assert np.float32(cells[0][4]) == rows(1, 100)[0, 0]
    assert sum(cell[2] == "clipped_share" for cell in cells) == 121
    assert [cell[1:4] for cell in cells[-2:]] == [
        ["evaluation", "train_loss", "50"],
        ["evaluation", "train_loss", "100"],
    ]


def test_store_is_asked_at_most_four_times_a_second_and_once_after_the_end(story: Story) -> None:
    clock = Clock()
    asked = 0
    live = Live(story.store, clock=lambda: clock.now)
    get = story.store.runs.get

    def counted(id: str) -> Run:
        nonlocal asked
        asked += 1
        return get(id)

    story.store.runs.get = counted  # type: ignore[method-assign]
    run = story.started()
    asked = 0
    for _ in range(20):
        live.delta(run.id)
        clock.now += 0.05
    assert asked == 4
    story.ended(run, 100)
    clock.now += 1
    assert live.delta(run.id)["run"]["final"] is True
    asked = 0
    story.store.telemetry.read = None  # type: ignore[assignment, method-assign]
    for _ in range(20):
        clock.now += 0.3
        live.delta(run.id)
    assert asked == 5, "only its row is looked at"


def test_an_ended_run_that_is_renamed_or_deleted_says_so(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 50)
    ended = story.ended(run, 50)
    cursor = live.delta(run.id)["cursor"]
    story.store.runs.rename(run.id, "better name", ended.revision, "Ada")
    for _ in range(4):
        news = live.delta(run.id, cursor)
    assert (news["run"]["name"], news["reset"], news["streams"]) == ("better name", False, {})
    story.store.runs.delete(run.id, "Ada")
    with pytest.raises(NotFound, match="Ada"):
        for _ in range(4):
            live.delta(run.id)
    story.store.runs.restore(run.id, "Ada")
    assert len(live.delta(run.id)["streams"]["step"]["series"]["loss"][0]) == 50


def test_viewers_at_one_cursor_share_one_encoding(
    story: Story, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = story.started()
    story.trained(run, 1, 300)
    still = Live(story.store, clock=lambda: 1000.0)
    made = 0
    of = Encoded.of

    def counted(document: dict[str, Any]) -> Encoded:
        nonlocal made
        made += 1
        return of(document)

    monkeypatch.setattr(Encoded, "of", counted)
    answers = [still.encoded(run.id) for _ in range(20)]
    assert made == 1
    assert all(answer is answers[0] for answer in answers)
    assert answers[0].packed is not None and len(answers[0].packed) < len(answers[0].plain) / 2


def test_many_threads_see_one_history(story: Story) -> None:
    run = story.started()
    live = Live(story.store)
    story.trained(run, 1, 500)
    seen: list[int] = []

    def look() -> None:
        for _ in range(20):
            seen.append(len(live.delta(run.id)["streams"]["step"]["series"]["loss"][0]))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [500] * 160


def test_least_recently_watched_runs_leave_and_come_back(story: Story) -> None:
    live = Live(story.store, capacity=2, clock=Clock())
    runs = [story.started(name) for name in ("one", "two", "three")]
    for run in runs:
        story.trained(run, 1, 10)
    cursors = [live.delta(run.id)["cursor"] for run in runs]
    assert live.delta(runs[2].id, cursors[2])["reset"] is False
    assert live.delta(runs[0].id, cursors[0])["reset"] is True


def test_unknown_runs_push_nobody_out(story: Story) -> None:
    live = Live(story.store, capacity=2, clock=Clock())
    runs = [story.started(name) for name in ("one", "two")]
    for run in runs:
        story.trained(run, 1, 10)
    cursors = [live.delta(run.id)["cursor"] for run in runs]
    for id in ("0" * 16, "f" * 16):
        with pytest.raises(NotFound):
            live.delta(id)
    assert [live.delta(run.id, had)["reset"] for run, had in zip(runs, cursors, strict=True)] == [
        False,
        False,
    ]


def test_queued_run_is_shown_before_it_begins(story: Story, live: Live) -> None:
    delta = live.delta(story.queued().id)
    assert delta["run"]["state"] == "queued"
    assert delta["streams"] == {}


def test_unknown_and_deleted_runs_are_said(story: Story, live: Live) -> None:
    with pytest.raises(NotFound, match="0000000000000000"):
        live.delta("0" * 16)
    run = story.queued()
    story.store.runs.delete(run.id, "Ada")
    with pytest.raises(NotFound, match="Ada"):
        live.delta(run.id)


def test_store_in_trouble_is_not_asked_by_everybody_at_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    live = Live(story.store, clock=lambda: clock.now)
    run = story.started()
    story.trained(run, 1, 10)
    asked = 0

    def away(*_: Any, **__: Any) -> list[Any]:
        nonlocal asked
        asked += 1
        raise StoreUnavailable("The database is locked", None, "Try again in a moment")

    with monkeypatch.context() as patch:
        patch.setattr(story.store.telemetry, "read", away)
        for _ in range(20):
            with pytest.raises(StoreUnavailable, match="The database is locked"):
                live.delta(run.id)
            clock.now += 0.02
        assert asked == 1
    clock.now += 1
    assert live.delta(run.id)["streams"]["step"]["rows"] == 10


def test_a_run_of_a_deleted_dataset_is_shown(story: Story, live: Live) -> None:
    run = story.started()
    story.trained(run, 1, 50)
    story.store.datasets.delete(run.dataset, "Grace")
    assert len(live.delta(run.id)["streams"]["step"]["series"]["loss"][0]) == 50
    assert [found.id for found in story.store.runs.list()] == [run.id]
