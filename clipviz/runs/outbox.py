"""Telemetry and events on their way to the store, in a thread of their own."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import StaleAttempt, StoreUnavailable
from clipviz.core.run import Run, Stream
from clipviz.runs.patience import persist
from clipviz.store import Store

CAPACITY_BYTES = 64 * 2**20
LETTER_BYTES = 4 * 2**20
"""Waiting flushes of one stream are written as one, up to this size."""


@dataclass(frozen=True)
class Flush:
    """One block of telemetry: steps (T,), values (T, S)."""

    stream: Stream
    steps: NDArray[np.int64]
    values: NDArray[np.float32]

    @property
    def size(self) -> int:
        return self.steps.nbytes + self.values.nbytes


@dataclass(frozen=True)
class Sentence:
    """One event."""

    step: int
    kind: str
    text: str
    size: int = 256


Letter = Flush | Sentence


class Outbox:
    """Writes letters in order while training goes on; training never waits for the store.

    While the store is unavailable they wait, up to `capacity` bytes; beyond that the oldest flush is dropped
    and counted. Once the store is back, an event says how long it was away and what was lost.
    `failure` holds the StaleAttempt that ended the writing, if any.
    """

    def __init__(self, store: Store, run: Run, capacity: int = CAPACITY_BYTES) -> None:
        self._store = store
        self._run = run
        self._capacity = capacity
        self._waiting: deque[Letter] = deque()
        self._bytes = 0
        self._dropped_steps = 0
        self._changed = threading.Condition()
        self._closing = False
        self._hopeless = threading.Event()
        self.failure: StaleAttempt | None = None
        self._thread = threading.Thread(target=self._deliver, name="outbox", daemon=True)
        self._thread.start()

    def put(self, letter: Letter) -> None:
        """Take a letter; returns at once."""
        with self._changed:
            self._waiting.append(letter)
            self._bytes += letter.size
            while self._bytes > self._capacity and len(self._waiting) > 1:
                oldest = self._waiting.popleft()
                self._bytes -= oldest.size
                if isinstance(oldest, Flush) and oldest.stream == "step":
                    self._dropped_steps += len(oldest.steps)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Deliver what waits, for at most `seconds`; raises StoreUnavailable when some could not be."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        self._hopeless.set()
        self._thread.join()
        if self._waiting and self.failure is None:
            raise StoreUnavailable("The store stayed away", f"{len(self._waiting)} unwritten letters")

    def abandon(self) -> None:
        """End the thread; what still waits is not written."""
        self._hopeless.set()
        with self._changed:
            self._closing = True
            self._waiting.clear()
            self._changed.notify()
        self._thread.join()

    def _deliver(self) -> None:
        while (letter := self._next()) is not None:
            try:
                self._insist(self._writing(letter))
            except StaleAttempt as refusal:
                self.failure = refusal
                return
            except StoreUnavailable:
                with self._changed:
                    self._waiting.appendleft(letter)
                return

    def _next(self) -> Letter | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return None
            first = self._waiting.popleft()
            self._bytes -= first.size
            return self._with_followers(first) if isinstance(first, Flush) else first

    def _with_followers(self, first: Flush) -> Flush:
        """`first` and the flushes of its stream that wait behind it, as one; events stay in their place."""
        flushes, rest, size = [first], deque[Letter](), first.size
        for letter in self._waiting:
            joins = isinstance(letter, Flush) and letter.stream == first.stream
            if joins and size + letter.size <= LETTER_BYTES:
                flushes.append(letter)  # type: ignore[arg-type]
                size += letter.size
            else:
                rest.append(letter)
                size += LETTER_BYTES if joins else 0
        self._waiting = rest
        self._bytes -= size_of(flushes[1:])
        steps = np.concatenate([flush.steps for flush in flushes])
        return Flush(first.stream, steps, np.concatenate([flush.values for flush in flushes]))

    def _writing(self, letter: Letter) -> Callable[[], None]:
        run = self._run
        if isinstance(letter, Flush):
            return lambda: self._store.telemetry.append(
                run.id, run.attempt, letter.stream, letter.steps, letter.values
            )
        return lambda: self._store.events.append(run.id, run.attempt, letter.step, letter.kind, letter.text)

    def _insist(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StoreUnavailable as trouble:
            since = time.monotonic()
            persist(write, seconds=float("inf"), enough=self._hopeless)
            self.put(self._report(trouble, time.monotonic() - since))

    def _report(self, trouble: StoreUnavailable, seconds: float) -> Sentence:
        with self._changed:
            lost, self._dropped_steps = self._dropped_steps, 0
        fate = (
            f"telemetry of {lost:,} steps did not fit in memory and is lost" if lost else "nothing was lost"
        )
        return Sentence(
            0, "warning", f"{trouble.rule}: training went on for {seconds:.1f} s without it; {fate}"
        )


def size_of(flushes: list[Flush]) -> int:
    return sum(flush.size for flush in flushes)
