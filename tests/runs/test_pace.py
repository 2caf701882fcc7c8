"""How fast a run goes, and what is said of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clipviz.core.run import Run, State
from clipviz.runs.pace import Pace, progress


def run(**given: Any) -> Run:
    usual = {"id": "a" * 16, "recipe": "b" * 16, "dataset": "c" * 16, "name": "first", "state": State.RUNNING}
    return Run.model_validate({**usual, "created_at": datetime.now(UTC), "steps": 1000, **given})


def test_rate_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    for second in range(20):
        pace.saw(
            second, step=100 * second if second < 10 else 1000 + 10 * (second - 10), attempt=1, running=True
        )
    assert pace.rate() == pytest.approx(10)


def test_rate_is_unknown_at_first_and_after_a_new_attempt_or_a_pause() -> None:
    pace = Pace()
    pace.saw(0.0, 0, 1, True)
    assert pace.rate() is None
    pace.saw(0.2, 50, 1, True)
    assert pace.rate() is None
    pace.saw(1.0, 100, 1, True)
    assert pace.rate() == pytest.approx(100)
    pace.saw(2.0, 100, 1, False)
    assert pace.rate() is None
    pace.saw(3.0, 100, 1, True)
    pace.saw(4.0, 60, 2, True)
    assert pace.rate() is None


def test_the_way_back_to_a_checkpoint_and_the_time_until_the_first_step_say_nothing_of_the_speed() -> None:
    pace = Pace()
    pace.saw(0.0, 900, 2, True)  # the last step of the attempt before, still drawn
    for second in (1.0, 2.0, 3.0):
        pace.saw(second, 500, 2, True)  # loading
        assert pace.rate() is None
    pace.saw(4.0, 600, 2, True)
    assert pace.rate() == pytest.approx(100)


def test_time_left_follows_from_the_rate() -> None:
    assert progress(run(), 400, 100.0)["seconds_left"] == 6.0
    assert progress(run(), 400, None)["seconds_left"] is None
    assert progress(run(steps=0), 400, 100.0)["seconds_left"] is None
    assert progress(run(), 400, 0.0)["seconds_left"] is None


def test_ended_run_says_its_mean_rate_and_no_time_left() -> None:
    said = progress(run(state=State.STOPPED, result={"steps": 500, "seconds": 2.0}), 500, None)
    assert (said["rate"], said["seconds"], said["seconds_left"], said["final"]) == (250.0, 2.0, None, True)
