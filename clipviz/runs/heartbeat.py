"""Keeps the lease of a run while it trains, and hears what people want of it."""

import threading
from collections.abc import Sequence

from clipviz.core.errors import StaleAttempt, StoreUnavailable
from clipviz.core.run import Request, Run
from clipviz.store import Store

LONGEST_SILENCE = 0.5
"""Seconds within which a request of a person reaches the worker."""


class Pulse:
    """Of one run among many that a `Heartbeats` keeps: what a Heartbeat says, without a thread of its own."""

    def __init__(self, run: Run) -> None:
        self.key = run.id, run.attempt
        self.step = run.step
        self.request: Request = run.request
        self.failure: StaleAttempt | None = None
        self.stopped = False

    def stop(self) -> None:
        """Beat for this run no longer."""
        self.stopped = True


class Heartbeats:
    """One thread that beats for many runs, in one transaction at a time."""

    def __init__(self, store: Store, runs: Sequence[Run], lease_seconds: float) -> None:
        self._store, self._lease_seconds = store, lease_seconds
        self.pulses = [Pulse(run) for run in runs]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeats", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stopping.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopping.wait(min(LONGEST_SILENCE, self._lease_seconds / 4)):
            going = [pulse for pulse in self.pulses if not pulse.stopped and pulse.failure is None]
            steps = {pulse.key: pulse.step for pulse in going}
            try:
                heard = self._store.runs.beat_together(steps, self._lease_seconds) if going else {}
            except StoreUnavailable:
                continue
            for pulse in going:
                said = heard[pulse.key]
                if not isinstance(said, StaleAttempt):
                    pulse.request = said
                elif not pulse.stopped:  # it may have ended in between
                    pulse.failure = said


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
