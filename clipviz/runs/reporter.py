"""The sink of a run that trains: what it says goes to the store, what people want comes back."""

import os
import socket
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Request, Run, Sink, Stream
from clipviz.runs.heartbeat import Heartbeat, Pulse
from clipviz.runs.outbox import Outbox, Outboxes
from clipviz.runs.patience import PATIENCE_SECONDS, persist
from clipviz.store import Store
from clipviz.store.letters import Flush, Sentence


def whoami() -> str:
    """This process as the owner of a lease: host:pid."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Reporter:
    """Implements core.run.Sink on a store. Its methods raise StaleAttempt once another attempt owns the run.

    interrupted: set when this process has to go; the run then hears "pause", writes its checkpoint and ends.
    watch: somebody else who is told the same, such as a progress line. pulse, outbox: where somebody beats and
    writes for many runs.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        lease_seconds: float,
        interrupted: threading.Event,
        watch: Sink | None = None,
        pulse: Pulse | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._interrupted = interrupted
        self._watch = watch
        self._heartbeat = pulse or Heartbeat(store, run, lease_seconds)
        self._outbox = outbox or Outboxes(store).open(run)

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None:
        run = self._run
        persist(lambda: self._store.telemetry.declare(run.id, run.attempt, series))
        persist(lambda: self._store.runs.begin(run.id, run.attempt, steps, device, owner=whoami()))
        if self._watch:
            self._watch.begin(steps, device, series)

    def telemetry(self, stream: Stream, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        if len(steps) == 0:
            return
        self._outbox.put(Flush(stream, steps.copy(), values.copy()))  # the caller may reuse its buffers
        self._heartbeat.step = int(steps[-1])
        if self._watch:
            self._watch.telemetry(stream, steps, values)

    def event(self, step: int, kind: str, text: str) -> None:
        self._outbox.put(Sentence(step, kind, text))
        if self._watch:
            self._watch.event(step, kind, text)

    def request(self) -> Request:
        refusal = self._heartbeat.failure or self._outbox.failure
        if refusal is not None:
            raise refusal
        if self._interrupted.is_set():
            return "pause"
        return self._heartbeat.request

    @property
    def pause_was_asked(self) -> bool:
        """Whether it was a person, not an interruption, who asked for the pause."""
        return self._heartbeat.request == "pause"

    def close(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Deliver everything, keeping the lease meanwhile; raises StoreUnavailable, StaleAttempt."""
        self._outbox.close(seconds)
        refusal = self._heartbeat.failure or self._outbox.failure
        if refusal is not None:
            raise refusal

    def silence(self) -> None:
        """Stop beating and writing: the run has ended, or is given up."""
        self._heartbeat.stop()
        self._outbox.abandon()
