"""Files that are being read: in threads of the server, so that no page waits and a reload loses nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

import streamlit as st

from clipviz.core.dataset import Reading
from clipviz.core.errors import Cancelled, ClipvizError
from clipviz.core.ids import new_id
from clipviz.core.settings import Settings
from clipviz.datasets import ingest, together, uploads
from clipviz.datasets.progress import Progress
from clipviz.store import Store
from clipviz.ui.text import escape, number, plain, size

MOST_FINISHED = 100
AT_ONCE = 2
"""Files that are read at the same time: each may take as much memory as `Settings.ingest_mb` grants."""
LOOK = 0.1
PACKED = 0.2
"""Share of the bar for packing, where there is something to pack."""
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass
class Job:
    """One file that is read. dataset: its id once it is stored; error: why it is not.

    parts: files, with their names, that are packed into the one that is read; path is None until they are.
    again: id of the dataset that is read in another way. known_as: the name under which the dataset was there before.
    waiting: for its turn, behind other files.
    """

    path: Path | None
    name: str
    who: str
    how: Reading
    parts: tuple[tuple[str, IO[bytes] | Path], ...] = ()
    target: str | None = None
    origin: str = ""
    again: str = ""
    known_as: str = ""
    id: str = field(default_factory=new_id)
    progress: Progress | None = None
    waiting: bool = False
    dataset: str = ""
    error: ClipvizError | None = None
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after at most so many seconds."""
        return self._over.wait(seconds)

    def cancel(self) -> None:
        """End the reading within a moment; the upload stays."""
        self._cancelled.set()

    def work(self, settings: Settings, store: Store) -> None:
        """Pack, read and store; never raises."""
        try:
            path = self.path = self.path or self._packed(settings)
            with self._turn():
                dataset = ingest.ingest(
                    path, plain(self.name, 120), settings, self.how, self.who,
                    target=self.target, origin=self.origin, listener=self._hear,
                )  # fmt: skip
            self.known_as = {each.id: each.name for each in store.datasets.list()}.get(dataset.id, "")
            self.dataset = store.datasets.add(dataset).id
        except ClipvizError as error:
            self.error = error
        except Exception as error:  # the end of a thread: somebody waits for words, whatever happened
            self.error = ClipvizError(
                "The file could not be read", f"{type(error).__name__}: {error}", "Try again"
            )
        finally:
            self._over.set()
            clear(settings, store)

    @property
    def uploads(self) -> list[Path]:
        """The uploads that it needs."""
        parts = [part for _, part in self.parts if isinstance(part, Path)]
        return [*parts, self.path] if self.path else parts

    def _packed(self, settings: Settings) -> Path:
        """The parts as one upload; they are removed, whether that succeeds or not: nobody could read them again."""
        try:
            return together.pack(self.parts, settings, self._hear)
        finally:
            busy = {path.name for job in running() if job is not self for path in job.uploads}
            together.forget(self.uploads, settings, busy)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Waits until one of the files before it is read; can be cancelled meanwhile."""
        while not _turns.acquire(timeout=LOOK):
            self.waiting = True
            self._go_on()
        self.waiting = False
        try:
            yield
        finally:
            _turns.release()

    def _hear(self, progress: Progress) -> None:
        self.progress = progress
        self._go_on()

    def _go_on(self) -> None:
        if self._cancelled.is_set():
            kept = "Its upload is kept: read it again when you like" if self.path else "Drop the files again"
            raise Cancelled("Reading was cancelled", None, kept)


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


def start(job: Job, settings: Settings, store: Store) -> Job:
    """Begins to read a file; anybody who opens the dashboard can see how far it is."""
    known = _jobs()
    for old in [each.id for each in list(known.values()) if each.over][:-MOST_FINISHED]:
        known.pop(old, None)
    known[job.id] = job
    threading.Thread(target=job.work, args=(settings, store), name=f"reading {job.id}", daemon=True).start()
    return job


def clear(settings: Settings, store: Store) -> None:
    """Removes the uploads that nobody can ask for any more: orphans, and those of datasets deleted a day ago."""
    with suppress(ClipvizError, OSError):  # another time, then
        gone = store.datasets.deleted(timedelta(seconds=ingest.STALE_SECONDS))
        uploads.clear(settings, gone, {path.name for job in running() for path in job.uploads})


def get(id: str) -> Job | None:
    return _jobs().get(id)


def running() -> list[Job]:
    """What is being read now, the oldest first."""
    return [job for job in list(_jobs().values()) if not job.over]


def show(job: Job) -> tuple[float, str]:
    """(share from 0 to 1, words) of how far a reading is."""
    known = job.progress
    if job.waiting:
        return PACKED if job.parts else 0.0, f"{escape(job.name)} waits until other files are read"
    if known is None:
        return 0.0, f"Reading {escape(job.name)} …"
    share = min(1.0, known.done / max(1, known.total))
    if known.doing == "packing":
        return PACKED * share, f"{escape(job.name)}: packing, {size(known.done)} of {size(known.total)}"
    start, width = {"reading": (0.0, 0.6), "storing rows": (0.6, 0.25)}.get(known.doing, (0.85, 0.15))
    done, total = (size(known.done), size(known.total)) if known.doing == "reading" else (
        number(known.done), number(known.total)
    )  # fmt: skip
    before = PACKED if job.parts else 0.0
    whole = before + (1 - before) * (start + width * share)
    return whole, f"{escape(job.name)}: {known.doing}, {done} of {total}"
