"""The runner: one process per home that takes runs from the store and gives each a process of its own.

Start it with `python -m clipviz.runs`; `ensure_runner` does so at every submit. It goes to sleep
after some idle minutes, and gives its runs back to the queue when it is told to end (SIGTERM).
"""

import logging
import signal
import threading
import time
from datetime import UTC, datetime
from multiprocessing.connection import wait
from types import FrameType

from filelock import Timeout

import clipviz.store
from clipviz.core.errors import StaleAttempt, StoreUnavailable
from clipviz.core.run import Run
from clipviz.core.settings import Settings
from clipviz.runs.awaken import lock_of
from clipviz.runs.executors.base import Executor, Job, chosen
from clipviz.runs.patience import persist
from clipviz.runs.reporter import whoami
from clipviz.runs.sweeps.advance import advance_all
from clipviz.store import Store

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
"""How long a new run may lie in the queue before it is seen."""

LOOK_SECONDS = 2.0
"""Others hold the lock for a moment to see whether a runner is awake; a runner waits them out."""

CHOICE_SECONDS = 1.0
"""How long a sweep that chooses as it goes may lie undecided where no job of this runner ends."""

FAREWELL_SECONDS = 10.0
"""How long interrupted runs may take for their last checkpoint."""


class Runner:
    """Keeps up to `settings.slots` runs going; the store says which, the executor how."""

    def __init__(
        self, settings: Settings, store: Store, executor: Executor, stopping: threading.Event
    ) -> None:
        self._settings = settings
        self._store = store
        self._executor = executor
        self._stopping = stopping
        self._jobs: list[Job] = []
        self._silent_since: dict[str, float] = {}
        self._last_look = self._last_work = self._last_choice = time.monotonic()
        self._ended = True

    def serve(self) -> None:
        """Take and watch runs until told to stop or idle for long; then leave none behind."""
        try:
            while not self._stopping.is_set() and not self._idle():
                try:
                    self._choose()
                    self._fill_slots()
                    self._kill_silent()
                except StoreUnavailable as trouble:
                    log.warning("%s", trouble)
                    self._stopping.wait(1.0)
                self._bury_ended(TICK_SECONDS)
        finally:
            self._say_farewell()

    def _idle(self) -> bool:
        if self._jobs:
            self._last_work = time.monotonic()
        return time.monotonic() - self._last_work > self._settings.idle_minutes * 60

    def _choose(self) -> None:
        """Let sweeps that choose as they go decide, whenever a job has ended and every other second."""
        now = time.monotonic()
        if not self._ended and now - self._last_choice < CHOICE_SECONDS:
            return
        self._ended, self._last_choice = False, now
        advance_all(self._store, self._settings)

    def _fill_slots(self) -> None:
        mine = [job.run.id for job in self._jobs]
        while len(self._jobs) < self._settings.slots and self._store.runs.due(spare=mine):
            run = self._store.runs.claim(whoami(), self._settings.lease_seconds, spare=mine)
            if run is None:
                return
            log.info("run %s: attempt %d", run.id, run.attempt)
            mine.append(run.id)
            try:
                self._jobs.append(self._executor.start(run))
            except OSError as error:
                self._report(run, f"no process could be started: {error}")

    def _kill_silent(self) -> None:
        """Kill workers that live but do not beat though they could: stuck where no other thread may run."""
        now = time.monotonic()
        if now - self._last_look < LOOK_SECONDS:
            return
        self._last_look = now
        overdue = self._overdue()
        known, self._silent_since = self._silent_since, {}
        if overdue:
            self._store.ping()  # when nobody can write, silence says nothing
        self._silent_since = {id: known.get(id, now) for id in overdue}
        for job in self._jobs:
            if now - self._silent_since.get(job.run.id, now) > self._settings.lease_seconds:
                log.warning("run %s: its worker is silent", job.run.id)
                job.kill()

    def _follow(self, job: Job) -> None:
        """A process with a program has gone on: watch the run that it trains now."""
        if job.run.program is not None:
            held = self._store.runs.held(job.owner)
            job.run = held[0] if held else job.run

    def _overdue(self) -> set[str]:
        for job in self._jobs:
            self._follow(job)
        runs = self._store.runs.many([job.run.id for job in self._jobs])
        return {run.id for run in runs if run.lease_until is not None and run.lease_until < datetime.now(UTC)}

    def _bury_ended(self, seconds: float) -> None:
        """Wait for a job to end, at most so long; tell the store about those that died."""
        if not self._jobs:
            self._stopping.wait(seconds)
            return
        ended = wait([job.sentinel for job in self._jobs], seconds)
        for job in [job for job in self._jobs if job.sentinel in ended]:
            self._jobs.remove(job)
            self._ended = True
            died = job.end()
            if died:
                for run in self._held_by(job):
                    log.warning("run %s, attempt %d: %s", run.id, run.attempt, died)
                    self._report(run, died)

    def _held_by(self, job: Job) -> list[Run]:
        """The runs that a process was training when it died: with a program, many."""
        if job.run.program is None:
            return [job.run]
        try:
            held = persist(lambda: self._store.runs.held(job.owner), seconds=30.0)
        except StoreUnavailable as trouble:
            log.warning("run %s: %s", job.run.id, trouble)
            held = []
        return held if job.run.id in [run.id for run in held] else [job.run, *held]

    def _report(self, run: Run, died: str) -> None:
        try:
            persist(lambda: self._store.runs.lost(run.id, run.attempt, died), seconds=30.0)
        except StaleAttempt:
            return  # it had written its end before it died
        except StoreUnavailable as trouble:
            log.warning("run %s is left to its lease: %s", run.id, trouble)

    def _say_farewell(self) -> None:
        for job in self._jobs:
            job.interrupt()
        deadline = time.monotonic() + FAREWELL_SECONDS
        while self._jobs and time.monotonic() < deadline:
            self._bury_ended(TICK_SECONDS)
        for job in self._jobs:
            job.kill()
        while self._jobs:
            self._bury_ended(TICK_SECONDS)
        self._executor.close()


def main() -> None:
    """Serve the home of the environment's settings, unless another runner does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    stopping = threading.Event()

    def end(signal_: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    lock = lock_of(settings)
    with persist(lambda: clipviz.store.open(settings.store_url), enough=stopping) as store:
        while not stopping.is_set():
            try:
                with lock.acquire(timeout=LOOK_SECONDS):
                    Runner(settings, store, chosen(settings)(settings), stopping).serve()
            except Timeout:
                return
            if not store.runs.due():  # a run submitted while we fell asleep saw the lock still held
                return
