"""How far a run is and how fast it goes."""

from collections import deque
from typing import Any

from clipviz.core.run import Run, State

SPAN_SECONDS = 6.0
"""Stretch of time over which the speed is taken."""


class Pace:
    """Steps per second over the last seconds, as seen from outside."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._attempt = -1

    def saw(self, now: float, step: int, attempt: int, running: bool) -> None:
        """At `now` (seconds, monotonic) the run stood at `step`.

        A pause, a new attempt and a way back to a checkpoint start over; time before the first step does not count.
        """
        back = bool(self._seen) and step < self._seen[-1][1]
        still = len(self._seen) == 1 and step == self._seen[0][1]
        if not running or attempt != self._attempt or back or still:
            self._seen.clear()
            self._attempt = attempt
        if running:
            self._seen.append((now, step))
            while now - self._seen[0][0] > SPAN_SECONDS:
                self._seen.popleft()

    def rate(self) -> float | None:
        """Steps per second, or None before half a second was seen."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return (last - first) / (end - start) if end - start >= 0.5 else None


def progress(run: Run, step: int, rate: float | None) -> dict[str, Any]:
    """What is said of a run beside its curves: JSON-able.

    rate: steps per second now; of a run that ended, the mean over its training time.
    seconds_left: until all planned steps are done, so an upper limit where a run may stop early.
    """
    seconds = (run.result or {}).get("seconds")
    if run.state.final and seconds:
        rate = (run.result or {}).get("steps", step) / seconds
    left = None
    if run.state is State.RUNNING and rate and run.steps:
        left = round(max(run.steps - step, 0) / rate, 1)
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state.value,
        "final": run.state.final,
        "request": run.request,
        "reason": run.reason,
        "device": run.device,
        "attempt": run.attempt,
        "step": step,
        "steps": run.steps,
        "rate": None if rate is None else float(f"{rate:.4g}"),
        "seconds_left": left,
        "seconds": None if seconds is None else round(seconds, 1),
    }
