from datetime import UTC, datetime, timedelta

import pytest

from clipviz.core.run import Run, State
from clipviz.runs.sweeps.pace import Pace, pace

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def run(program: str, start: float, end: float | None) -> Run:
    return Run(
        id="r", recipe="r", dataset="d", name="n", program=program, state=State.FINISHED, created_at=NOON,
        started_at=NOON + timedelta(seconds=start), ended_at=None if end is None else NOON + timedelta(seconds=end),
    )  # fmt: skip


def test_time_is_spent_as_people_wait_and_a_pause_is_not() -> None:
    together = [run("a", 2, 10), run("a", 2, 12), run("b", 3, 12), run("c", 500, 510), run("d", 505, None)]
    found = pace(together, NOON, slots=2)
    assert found.spent == pytest.approx(12 + 10)
    assert found.program == pytest.approx((10 + 9 + 10) / 3) and found.runs == pytest.approx(4 / 3)
    assert pace([], NOON, 2) == Pace(0, 0, 0, 2)


def test_programs_cost_what_the_timed_ones_did_and_more_where_they_hold_more() -> None:
    known = Pace(spent=0, program=4, runs=3, slots=2)
    assert known.cost([]) == 0 and known.cost([3]) == 4 and known.cost([1, 2]) == 4
    assert known.cost([3, 3, 3]) == 6 and known.cost([6, 3]) == 8
    assert Pace(0, 4, 3, 2, growth=0.5).cost([12]) == 8
