"""Telemetry and events on their way to the store, in a thread of their own."""

import threading
import time
from collections import deque

import numpy as np

from clipviz.core.errors import StaleAttempt, StoreUnavailable
from clipviz.core.run import Run
from clipviz.runs.patience import persist
from clipviz.store import Store
from clipviz.store.letters import Flush, Letter, Sender, Sentence

CAPACITY_BYTES = 64 * 2**20
LETTER_BYTES = 4 * 2**20
"""Waiting flushes of one stream are written as one, up to this size."""
ROUND_BYTES = 32 * 2**20
"""Letters of many runs are written in one transaction, up to about this size."""


class Outbox:
    """The letters of one run: `Outboxes.open` makes it. Training never waits for the store.

    While the store is unavailable they wait, up to `capacity` bytes; beyond that the oldest flush is dropped
    and counted. Once the store is back, an event says how long it was away and what was lost.
    `failure` holds the StaleAttempt that ended the writing, if any.
    """

    def __init__(self, writer: "Outboxes", sender: Sender, capacity: int) -> None:
        self.sender = sender
        self.failure: StaleAttempt | None = None
        self._writer, self._changed, self._capacity = writer, writer.changed, capacity
        self._waiting: deque[Letter] = deque()
        self._bytes = self._dropped_steps = self._on_its_way = 0

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
            self._changed.notify_all()

    def close(self, seconds: float) -> None:
        """Deliver what waits, for at most `seconds`; raises StoreUnavailable when some could not be."""
        with self._changed:
            self._changed.wait_for(lambda: self.failure is not None or not self.unwritten, seconds)
            left = 0 if self.failure is not None else self.unwritten
        self._writer.leave(self)
        if left:
            raise StoreUnavailable("The store stayed away", f"{left} unwritten letters")

    def abandon(self) -> None:
        """What still waits is not written."""
        with self._changed:
            self._waiting.clear()
            self._bytes = 0
        self._writer.leave(self)

    @property
    def unwritten(self) -> int:
        return len(self._waiting) + self._on_its_way

    @property
    def has_letters(self) -> bool:
        return bool(self._waiting) and self.failure is None

    def take(self, most: int) -> list[Letter]:
        """Letters of about so many bytes, oldest first; the lock is held."""
        taken: list[Letter] = []
        while self._waiting and sum(letter.size for letter in taken) < most:
            taken.append(self._next())
        self._on_its_way = len(taken)
        return taken

    def written(self) -> None:
        """What was taken is in the store; the lock is held."""
        self._on_its_way = 0

    def told_away(self, trouble: StoreUnavailable, seconds: float) -> None:
        """Tells the run how long the store was away."""
        fate = self._loss() or "nothing was lost"
        said = f"{trouble.rule}: training went on for {seconds:.1f} s without it; {fate}"
        self.put(Sentence(0, "warning", said))

    def told_loss(self) -> None:
        """Tells the run what was dropped, where the store was never away, but too slow."""
        if loss := self._loss():
            self.put(Sentence(0, "warning", f"The store writes too slowly: {loss}"))

    def _loss(self) -> str:
        with self._changed:
            lost, self._dropped_steps = self._dropped_steps, 0
        return f"telemetry of {lost:,} steps did not fit in memory and is lost" if lost else ""

    def _next(self) -> Letter:
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
        self._bytes -= sum(flush.size for flush in flushes[1:])
        steps = np.concatenate([flush.steps for flush in flushes])
        return Flush(first.stream, steps, np.concatenate([flush.values for flush in flushes]))


class Outboxes:
    """One thread that writes for one run or for many, in one transaction at a time; it ends with the last of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._boxes: list[Outbox] = []
        self.changed = threading.Condition()
        self._hopeless = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, run: Run, capacity: int = CAPACITY_BYTES) -> Outbox:
        box = Outbox(self, Sender(run.id, run.attempt), capacity)
        with self.changed:
            self._boxes.append(box)
            if self._thread is None:
                self._hopeless = threading.Event()
                self._thread = threading.Thread(
                    target=self._deliver, args=(self._hopeless,), name="outbox", daemon=True
                )
                self._thread.start()
        return box

    def leave(self, box: Outbox) -> None:
        """Write no longer for a run; with the last one the thread ends before this returns."""
        with self.changed:
            if box in self._boxes:
                self._boxes.remove(box)
            last = None if self._boxes else self._thread
            if last is not None:
                self._thread = None
                self._hopeless.set()
            self.changed.notify_all()
        if last is not None:
            last.join()

    def _deliver(self, hopeless: threading.Event) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(
                    lambda: hopeless.is_set() or any(box.has_letters for box in self._boxes)
                )
                if hopeless.is_set():
                    return
                batch = self._batch()
            try:
                refused = self._insist(batch, hopeless)
            except StoreUnavailable:
                return
            for box in batch:
                box.told_loss()
            with self.changed:
                for box in batch:
                    box.failure = refused.get(box.sender)
                    box.written()
                self.changed.notify_all()

    def _batch(self) -> dict[Outbox, list[Letter]]:
        batch: dict[Outbox, list[Letter]] = {}
        room = ROUND_BYTES
        for box in self._boxes:
            if box.has_letters and room > 0:
                batch[box] = box.take(room)
                room -= sum(letter.size for letter in batch[box])
        return batch

    def _insist(
        self, batch: dict[Outbox, list[Letter]], hopeless: threading.Event
    ) -> dict[Sender, StaleAttempt]:
        letters = [(box.sender, letter) for box, taken in batch.items() for letter in taken]
        try:
            return self._store.letters.write(letters)
        except StoreUnavailable as trouble:
            since = time.monotonic()
            refused = persist(
                lambda: self._store.letters.write(letters), seconds=float("inf"), enough=hopeless
            )
            for box in batch:
                box.told_away(trouble, time.monotonic() - since)
            return refused
