"""One run as everybody who watches it sees it: bounded in memory, refreshed at most four times a second."""

import gzip
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clipviz.core.errors import StoreUnavailable
from clipviz.core.run import Run, State, Stream
from clipviz.runs.buckets import Buckets
from clipviz.runs.drawn import Drawn
from clipviz.runs.health import examine
from clipviz.runs.pace import Pace, progress
from clipviz.runs.waiting import in_words
from clipviz.store import Store
from clipviz.store.events import Event
from clipviz.store.telemetry import Chunk, resolve

REFRESH_SECONDS = 0.25
SETTLED_SECONDS = 1.0
"""How often a run that has ended is looked at: it can still be renamed or deleted."""
TROUBLE_SECONDS = 1.0
"""A store that just failed is not asked again before so long: a crowd of viewers must not pile up on it."""
HEALTH_SECONDS, HEALTH_REST = 2.0, 20.0
"""How often a run is examined, and how many times as long as that took it is left alone afterwards."""
EVENTS = 500
VERSIONS = 64
"""Versions whose viewers get only the news; whoever is further behind gets everything."""
PACK_BYTES = 400
"""From here on answers are compressed, once for all viewers: Streamlit would do it for each, from 500 on."""


@dataclass(frozen=True)
class Encoded:
    """JSON ready to send: as it is, and gzipped when that is worth it."""

    plain: bytes
    packed: bytes | None

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Encoded":
        plain = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        return cls(plain, gzip.compress(plain, 1, mtime=0) if len(plain) >= PACK_BYTES else None)


@dataclass(frozen=True)
class _Version:
    """What a viewer of some version already has."""

    generation: int
    rows: dict[Stream, int]
    event: int
    marks: int


class Snapshot:
    """One run, shared by all its viewers; every method may be called from any thread.

    Methods raise NotFound for a run that the store does not have, StoreUnavailable when it cannot be asked.
    """

    def __init__(
        self, run_id: str, store: Store, clock: Callable[[], float] = time.monotonic, slots: int = 1
    ) -> None:
        """slots: runs that train at the same time."""
        self.run_id = run_id
        self._store, self._clock, self._slots = store, clock, slots
        self._lock = threading.Lock()
        self._epoch = secrets.token_hex(3)
        self._version = self._generation = 0
        self._versions: dict[int, _Version] = {}
        self._encoded: dict[int, Encoded] = {}
        self._drawn = Drawn()
        self._events: deque[Event] = deque(maxlen=EVENTS)
        self._pace = Pace()
        self._progress: dict[str, Any] = {}
        self._refreshed = self._failed = -np.inf
        self._trouble: StoreUnavailable | None = None
        self._settled = False
        self._examining = threading.Lock()
        self._health: Encoded | None = None
        self._health_of: tuple[State, int, int] | None = None
        self._health_again = -np.inf

    def delta(self, cursor: str = "") -> dict[str, Any]:
        """What changed since `cursor` (the one of an earlier delta; empty or unknown: everything)."""
        with self._lock:
            self._refresh()
            return self._delta(self._known(cursor))

    def encoded(self, cursor: str = "") -> Encoded:
        """The same as bytes, made once for all viewers who stand at the same cursor."""
        with self._lock:
            self._refresh()
            known = self._known(cursor)
            if known not in self._encoded:
                self._encoded[known] = Encoded.of(self._delta(known))
            return self._encoded[known]

    def health(self) -> Encoded:
        """How the run is doing, as it was seen at most a few seconds ago."""
        with self._examining:
            run = self._store.runs.get(self.run_id)
            now = self._clock()
            known = (run.state, run.attempt, run.step)
            due = now >= self._health_again or run.state.final
            if self._health is None or (known != self._health_of and due):
                began = time.perf_counter()
                recipe = self._store.recipes.get(run.recipe).recipe
                found = examine(self._store, self.run_id, recipe)
                self._health = Encoded.of(
                    {"health": None if found is None else found.model_dump(mode="json")}
                )
                self._health_of = known
                self._health_again = now + max(HEALTH_SECONDS, HEALTH_REST * (time.perf_counter() - began))
            return self._health

    def rows_from(self, step: int) -> tuple[dict[Stream, tuple[str, ...]], list[Chunk]]:
        """The columns of each stream, and the stored chunks that may hold rows from `step` on."""
        with self._lock:
            self._refresh()
            names, after = dict(self._drawn.names), 0
            for key, last in self._drawn.index:
                if last >= step:
                    break
                after = key
        return names, _fitting(_drawn(self._store.telemetry.read(self.run_id, after=after)), names)

    def _refresh(self) -> None:
        now = self._clock()
        if self._trouble is not None and now - self._failed < TROUBLE_SECONDS:
            raise StoreUnavailable(self._trouble.rule, self._trouble.received, self._trouble.remedy)
        if now - self._refreshed < (SETTLED_SECONDS if self._settled else REFRESH_SECONDS):
            return
        try:
            run = self._store.runs.get(self.run_id)
            if self._settled:
                telemetry = events = False
            else:
                telemetry, events = self._read_telemetry(), self._read_events()
        except StoreUnavailable as error:
            self._trouble, self._failed = error, now
            raise
        self._trouble, self._refreshed = None, now
        self._settled = run.state.final
        if self._read_progress(run, now) or telemetry or events:
            self._remember()

    def _remember(self) -> None:
        self._version += 1
        self._encoded.clear()
        self._versions[self._version] = _Version(
            self._generation,
            {stream: buckets.rows for stream, buckets in self._drawn.buckets.items()},
            self._events[-1].key if self._events else 0,
            len(self._drawn.marks),
        )
        self._versions.pop(self._version - VERSIONS, None)

    def _read_telemetry(self) -> bool:
        telemetry, drawn = self._store.telemetry, self._drawn
        news = telemetry.read(self.run_id, after=drawn.index[-1][0] if drawn.index else 0)
        if not news:
            return False
        if news[-1].attempt != drawn.attempt or _overlap(news, drawn):
            names = dict(telemetry.series(self.run_id))
            if drawn.index and (names != drawn.names or _overlap(news, drawn)):
                news, drawn = telemetry.read(self.run_id), Drawn()
                self._generation += 1
            drawn.names, drawn.attempt = names, news[-1].attempt
        self._drawn = drawn
        for stream, (steps, values) in resolve(_fitting(_drawn(news), drawn.names)).items():
            self._generation += drawn.append(stream, steps, values)
        drawn.index.extend((chunk.key, int(chunk.steps[-1]) if len(chunk.steps) else -1) for chunk in news)
        return True

    def _read_events(self) -> bool:
        news = self._store.events.list(self.run_id, after=self._events[-1].key if self._events else 0)
        self._events.extend(news)
        return bool(news)

    def _read_progress(self, run: Run, now: float) -> bool:
        step = max(run.step, self._drawn.last.get("step", 0))
        self._pace.saw(now, step, run.attempt, run.state is State.RUNNING)
        said = progress(run, step, self._pace.rate()) | {
            "clipped_share": self._drawn.share(),
            "non_finite": self._drawn.found,
            "waits": in_words(self._store, run, self._slots),
        }
        changed, self._progress = said != self._progress, said
        return changed

    def _known(self, cursor: str) -> int:
        """The version behind a cursor; 0 for one that says nothing here."""
        epoch, _, version = cursor.partition("-")
        known = int(version) if version.isascii() and version.isdigit() and len(version) < 12 else 0
        return known if epoch == self._epoch and known in self._versions else 0

    def _delta(self, known: int) -> dict[str, Any]:
        has = self._versions.get(known, _Version(-1, {}, 0, 0))
        if has.generation != self._generation:
            has = _Version(-1, {}, has.event, 0)
        return {
            "cursor": f"{self._epoch}-{self._version}",
            "reset": has.generation < 0,
            "run": self._progress,
            "streams": {
                stream: news
                for stream, buckets in self._drawn.buckets.items()
                if (news := _news(buckets, has.rows.get(stream, 0)))
            },
            "events": [_said(event) for event in self._events if event.key > has.event],
            "marks": self._drawn.marks[has.marks :],
        }


def _fitting(chunks: Sequence[Chunk], names: dict[Stream, tuple[str, ...]]) -> list[Chunk]:
    """The chunks with the declared columns: a run continued under a newer version may hold others."""
    return [chunk for chunk in chunks if chunk.values.shape[1] == len(names.get(chunk.stream, ()))]


def _drawn(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks that lines are drawn of: histograms are asked for by themselves."""
    return [chunk for chunk in chunks if chunk.stream != "histogram"]


def _overlap(news: Sequence[Chunk], drawn: Drawn) -> bool:
    """True when rows arrive for steps that are already drawn: a later attempt did them again."""
    return any(len(chunk.steps) and chunk.steps[0] <= drawn.last.get(chunk.stream, -1) for chunk in news)


def _news(buckets: Buckets, rows: int) -> dict[str, Any] | None:
    """For a viewer who has the first `rows` rows: every point from step `from` on, to replace theirs."""
    if rows >= buckets.rows:
        return None
    start = rows // buckets.stride
    return {
        "from": int(buckets.first[start]),
        "stride": buckets.stride,
        "rows": buckets.rows,
        "series": buckets.points(start),
    }


def _said(event: Event) -> dict[str, Any]:
    at = event.at.isoformat()
    return {"key": event.key, "step": event.step, "kind": event.kind, "text": event.text, "at": at}
