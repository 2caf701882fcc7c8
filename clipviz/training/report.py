"""What a run tells its sink, and when: telemetry in blocks, events in words."""

import time

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Request, Sink, Stream
from clipviz.training.journal import Journal, loud
from clipviz.training.telemetry import Ring

CAPACITY = 2048


class Report:
    """Gathers rows, evaluations and events, and hands them to the sink a few times a second.

    ring: where the rows of steps are kept until then.
    """

    def __init__(self, series: tuple[str, ...], sink: Sink, device: str, capacity: int = CAPACITY) -> None:
        """series: those of every step. capacity: steps that it keeps itself; those of a replica are kept by its
        program, and delivered.
        """
        self._series, self._sink = series, sink
        self.ring = Ring(len(series), capacity, device)
        self.journal = Journal()
        self._measured: dict[Stream, list[tuple[int, list[float]]]] = {}
        self._events: list[tuple[int, str, str]] = []

    def start(self, step: int, checkpoint_seconds: float, flush_seconds: float) -> None:
        """Starts the clocks; the next row belongs to `step`. The first flush comes at once."""
        self._checkpoint_seconds, self._flush_seconds = checkpoint_seconds, flush_seconds
        self.ring.start(step)
        self._flushed, self._checkpointed = 0.0, time.monotonic()

    def measured(self, stream: Stream, step: int, values: list[float]) -> None:
        """Keeps a row of a stream that speaks now and then only."""
        self._measured.setdefault(stream, []).append((step, values))

    def say(self, step: int, kind: str, text: str) -> None:
        self._events.append((step, kind, text))

    def better(self, step: int, loss: float) -> None:
        """Tells of a new best; the first ten of them, then ever fewer."""
        self.journal.bests += 1
        if step > 0 and loud(self.journal.bests):
            self.say(step, "best", f"step {step}: best validation loss so far, {loss:.4g}")

    @property
    def is_time(self) -> bool:
        return self.ring.full or time.monotonic() - self._flushed >= self._flush_seconds

    @property
    def checkpoint_is_time(self) -> bool:
        return time.monotonic() - self._checkpointed >= self._checkpoint_seconds

    def checkpointed(self) -> None:
        self._checkpointed = time.monotonic()

    def flush(self, wait: bool = False) -> Request:
        """Hands everything on, and returns what people want of the run. `wait`: rows still on their way too."""
        self.ring.flush(self.deliver, wait)
        measured, self._measured = self._measured, {}
        for stream, rows in measured.items():
            values = np.array([row for _, row in rows], dtype=np.float64)
            with np.errstate(over="ignore"):
                self._sink.telemetry(
                    stream, np.array([step for step, _ in rows], np.int64), values.astype(np.float32)
                )
        self.say_events()
        self._flushed = time.monotonic()
        return self._sink.request()

    def say_events(self) -> None:
        events, self._events = self._events, []
        for event in events:
            self._sink.event(*event)

    def deliver(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Hands on what was measured at steps (T,): values (T, S)."""
        self._sink.telemetry("step", steps, values)
        self.journal.read(steps, dict(zip(self._series, values.T, strict=True)), self.say)
