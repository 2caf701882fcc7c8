"""Live runs: one snapshot a run serves all its viewers, however many they are."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import NotFound
from clipviz.core.run import Stream
from clipviz.runs.buckets import Buckets
from clipviz.runs.derived import ALWAYS_MEASURED, SHARE, WINDOW, moving_share
from clipviz.runs.snapshot import Encoded, Snapshot
from clipviz.store import Store
from clipviz.store.telemetry import resolve

SNAPSHOTS = 48
"""Runs held at a time, the least recently watched leaving first; each takes up to about 2 MB."""
EVER = 2**62
"""Beyond every step."""


Stored = dict[Stream, tuple[NDArray[np.int64], NDArray[np.float32]]]
"""By stream: steps (T,), values (T, S)."""


class Live:
    """What the web process shows of runs while they train, and afterwards.

    Methods may be called from any thread; they raise NotFound and StoreUnavailable.
    """

    def __init__(
        self,
        store: Store,
        capacity: int = SNAPSHOTS,
        clock: Callable[[], float] = time.monotonic,
        slots: int = 1,
    ) -> None:
        """slots: runs that train at the same time."""
        self._store, self._capacity, self._clock, self._slots = store, capacity, clock, slots
        self._snapshots: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def delta(self, run_id: str, cursor: str = "") -> dict[str, Any]:
        """What changed in a run since the cursor of an earlier delta (none: everything), JSON-able.

        cursor: pass it with the next call. reset: forget the points and marks of before.
        run: state, progress, pace. streams: by stream `from` (points at or after this step are replaced),
        `stride` (rows a bucket), `rows`, and `series`: by name [steps, values], spikes kept.
        events: sentences not seen yet. marks: (step, series, nan | +inf | -inf), at most 500 in all;
        `run.non_finite` counts them all.
        """
        with self._opened(run_id) as snapshot:
            return snapshot.delta(cursor)

    def encoded(self, run_id: str, cursor: str = "") -> Encoded:
        """The same as JSON bytes, encoded once however many ask."""
        with self._opened(run_id) as snapshot:
            return snapshot.encoded(cursor)

    def health(self, run_id: str) -> Encoded:
        """How a run is doing (`core.health.Health`, or null before its first step) as JSON bytes.

        Looked at anew at most every few seconds, and for at most a twentieth of the time.
        """
        with self._opened(run_id) as snapshot:
            return snapshot.health()

    def window(self, run_id: str, lo: int, hi: int) -> dict[str, Any]:
        """Steps lo..hi of a run in detail: every row, or the extremes of buckets when there are too many."""
        names, stored = self._rows(run_id, lo, hi)
        streams = {}
        for stream, (steps, values) in stored.items():
            buckets = Buckets(names[stream])
            buckets.append(steps, values)
            streams[stream] = {"stride": buckets.stride, "rows": buckets.rows, "series": buckets.points()}
        return {"lo": lo, "hi": hi, "streams": streams}

    def table(self, run_id: str, wanted: Sequence[tuple[Stream, str]]) -> Iterator[str]:
        """Lines of CSV "run,stream,series,step,value": every row of the wanted series, nothing thinned.

        A NaN that says "not measured here" is left out; one that was measured is written.
        """
        names, stored = self._rows(run_id, 0, EVER)
        return (
            line
            for stream, name in wanted
            if stream in stored and name in names[stream]
            for line in _lines(run_id, stream, name, stored, names[stream].index(name))
        )

    def check(self, run_ids: Sequence[str]) -> None:
        """Raise NotFound for the first of these runs that is not there, without reading what it measured."""
        for run_id in run_ids:
            self._store.runs.get(run_id)

    def _rows(self, run_id: str, lo: int, hi: int) -> tuple[dict[Stream, tuple[str, ...]], Stored]:
        """The rows of steps lo..hi, with the moving share of clipped steps as a last column."""
        with self._opened(run_id) as snapshot:
            names, chunks = snapshot.rows_from(lo - WINDOW)
        stored: Stored = {}
        for stream, (steps, values) in resolve(chunks).items():
            if stream == "step" and "fired" in names[stream]:
                fired = values[:, names[stream].index("fired")]
                values = np.column_stack([values, moving_share(fired, fired[:0])])
                names[stream] = (*names[stream], SHARE)
            part = slice(*np.searchsorted(steps, [lo, hi + 1]))
            if part.start < part.stop:
                stored[stream] = steps[part], values[part]
        return names, stored

    @contextmanager
    def _opened(self, run_id: str) -> Iterator[Snapshot]:
        with self._lock:
            snapshot = self._snapshots.get(run_id)
            if snapshot is None:  # the first to leave until it has proved to be a run
                snapshot = self._snapshots[run_id] = Snapshot(run_id, self._store, self._clock, self._slots)
                self._snapshots.move_to_end(run_id, last=False)
        try:
            yield snapshot
        except NotFound:
            with self._lock:
                self._snapshots.pop(run_id, None)
            raise
        with self._lock:
            self._snapshots[run_id] = snapshot
            self._snapshots.move_to_end(run_id)
            while len(self._snapshots) > self._capacity:
                self._snapshots.popitem(last=False)


def _lines(run_id: str, stream: Stream, name: str, stored: Stored, column: int) -> Iterator[str]:
    steps, values = stored[stream][0], stored[stream][1][:, column]
    for step, value in zip(steps.tolist(), values.tolist(), strict=True):
        if value == value or name in ALWAYS_MEASURED[stream]:
            yield f"{run_id},{stream},{name},{step},{value:.9g}\n"
