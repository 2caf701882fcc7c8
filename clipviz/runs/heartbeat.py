"""Keeps the lease of a run while it trains, and hears what people want of it."""

import threading

from clipviz.core.errors import StaleAttempt, StoreUnavailable
from clipviz.core.run import Request, Run
from clipviz.store import Store

LONGEST_SILENCE = 0.5
"""Seconds within which a request of a person reaches the worker."""


class Heartbeat:
    """A thread that beats until it is stopped; `failure` holds the StaleAttempt that ended it, if any.

    While the store is unavailable it goes on beating: nobody else can take the run meanwhile either.
    """

    def __init__(self, store: Store, run: Run, lease_seconds: float) -> None:
        self._store = store
        self._run = run
        self._lease_seconds = lease_seconds
        self._stopping = threading.Event()
        self.step = run.step
        self.request: Request = run.request
        self.failure: StaleAttempt | None = None
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stopping.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopping.wait(min(LONGEST_SILENCE, self._lease_seconds / 4)):
            try:
                self.request = self._store.runs.beat(
                    self._run.id, self._run.attempt, self._lease_seconds, self.step
                )
            except StaleAttempt as refusal:
                self.failure = refusal
                return
            except StoreUnavailable:
                continue
