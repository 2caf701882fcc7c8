"""What runs cost in time, from those that were trained: the only clock by which a search plans."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clipviz.core.run import Run

QUIET = 20.0
"""Seconds without any training that still count as spent: a worker starts. Longer ones are a pause, and do not."""

TOGETHER = 0.8
"""Growth of vectorised programs: on two CPU cores 24 small runs take 3.2 times as long as 4, and 96 runs 12 times."""


@dataclass(frozen=True)
class Pace:
    """spent: seconds so far, as people wait them. program: how long a program takes, on average, and runs: how many
    it held; 0 before one was timed. slots: programs that train at the same time. growth: the power of the number of
    runs with which a program's time grows."""

    spent: float
    program: float
    runs: float
    slots: int
    growth: float = 1.0

    def cost(self, programs: Sequence[int]) -> float:
        """Seconds that programs with so many runs each will take: as long as the timed ones, longer where they hold
        more runs, spread over the slots, and no less than the longest of them."""
        if not programs:
            return 0.0
        each = [
            self.program * max(1.0, count / self.runs if self.runs else 1.0) ** self.growth
            for count in programs
        ]
        return float(max(math.fsum(each) / self.slots, max(each)))


def pace(runs: Iterable[Run], since: datetime, slots: int, together: bool = False) -> Pace:
    """From the runs of a sweep that was started at `since`. together: whether a program trains its runs as one."""
    programs: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.started_at is not None and run.ended_at is not None:
            programs[run.program or run.id].append(run)
    spans = sorted(
        (min(run.started_at or since for run in own), max(run.ended_at or since for run in own))
        for own in programs.values()
    )
    seconds = [(end - start).total_seconds() for start, end in spans]
    return Pace(
        spent=_covered(spans, since),
        program=math.fsum(seconds) / len(seconds) if seconds else 0.0,
        runs=sum(map(len, programs.values())) / len(programs) if programs else 0.0,
        slots=slots,
        growth=TOGETHER if together else 1.0,
    )


def _covered(spans: Sequence[tuple[datetime, datetime]], since: datetime) -> float:
    """Seconds from `since` to the last end, without the long gaps."""
    total, reached = 0.0, since
    for start, end in spans:
        gap = max(0.0, (start - reached).total_seconds())
        total += gap if gap <= QUIET else 0.0
        total += max(0.0, (end - max(start, reached)).total_seconds())
        reached = max(reached, end)
    return total
