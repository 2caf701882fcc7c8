"""What live charts ask of the store, so that they can be drawn from anything that answers the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Run, Stream

Stored = dict[Stream, tuple[NDArray[np.int64], NDArray[np.float32]]]
"""By stream: steps (T,) and values (T, S)."""


class Chunk(Protocol):
    """One flush of one stream: steps (T,) ascending, values (T, S)."""

    @property
    def key(self) -> int: ...
    @property
    def attempt(self) -> int: ...
    @property
    def stream(self) -> Stream: ...
    @property
    def steps(self) -> NDArray[np.int64]: ...
    @property
    def values(self) -> NDArray[np.float32]: ...


class Event(Protocol):
    """One sentence of the event log."""

    @property
    def key(self) -> int: ...
    @property
    def step(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Runs(Protocol):
    def get(self, id: str, /) -> Run: ...


class Telemetry(Protocol):
    def series(self, run: str, /) -> dict[Stream, tuple[str, ...]]: ...
    def read(self, run: str, /, after: int = 0) -> Sequence[Chunk]: ...


class Events(Protocol):
    def list(self, run: str, /, after: int = 0) -> Sequence[Event]: ...


class Source(Protocol):
    """The parts of a store that a live chart reads."""

    @property
    def runs(self) -> Runs: ...
    @property
    def telemetry(self) -> Telemetry: ...
    @property
    def events(self) -> Events: ...


def resolve(chunks: Sequence[Chunk]) -> Stored:
    """All rows by stream, a later attempt superseding an earlier one from its first step on."""
    begins: dict[tuple[Stream, int], int] = {}
    for chunk in chunks:
        if len(chunk.steps):
            begins.setdefault((chunk.stream, chunk.attempt), int(chunk.steps[0]))
    kept: dict[Stream, list[tuple[NDArray[np.int64], NDArray[np.float32]]]] = {}
    for chunk in chunks:
        later = [
            step for (stream, attempt), step in begins.items()
            if stream == chunk.stream and attempt > chunk.attempt
        ]  # fmt: skip
        stop = int(np.searchsorted(chunk.steps, min(later))) if later else len(chunk.steps)
        if stop:
            kept.setdefault(chunk.stream, []).append((chunk.steps[:stop], chunk.values[:stop]))
    return {
        stream: (np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]))
        for stream, parts in kept.items()
    }
