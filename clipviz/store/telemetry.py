"""What runs say while they train: one row a flush, a raw block of steps x series."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from clipviz.core.run import State, Stream
from clipviz.store.database import Database
from clipviz.store.leases import owned
from clipviz.store.schema import chunks, runs, series

_NEVER = np.iinfo(np.int64).max
PAGE = 64
"""Flushes that `Telemetry.blocks` asks for at once."""


@dataclass(frozen=True)
class Chunk:
    """One flush. `key` ascends within a run; steps: (T,) ascending; values: (T, S), S as in `series(run)`."""

    key: int
    attempt: int
    stream: Stream
    steps: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class History:
    """One stream of one run. names: its S columns; steps: (T,) ascending; values: (T, S)."""

    names: tuple[str, ...]
    steps: NDArray[np.int64]
    values: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """(T,) values; NaN where the run never said it."""
        if name not in self.names:
            return np.full(len(self.steps), np.nan, np.float32)
        column: NDArray[np.float32] = self.values[:, self.names.index(name)]
        return column


class Telemetry:
    """Telemetry of one store. Methods raise StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def declare(self, run: str, attempt: int, names: dict[Stream, Sequence[str]]) -> None:
        """Name the columns of an attempt's streams, before its first flush; twice is once. Raises StaleAttempt."""
        rows = [
            {"run": run, "attempt": attempt, "stream": stream, "names": list(columns)}
            for stream, columns in names.items()
        ]
        with self._database.writing() as connection:
            owned(connection, run, attempt)
            connection.execute(delete(series).where(series.c.run == run, series.c.attempt == attempt))
            connection.execute(insert(series), rows)

    def append(
        self, run: str, attempt: int, stream: Stream, steps: NDArray[np.int64], values: NDArray[np.float32]
    ) -> None:
        """Write one flush: steps (T,) ascending, values (T, S) in the declared order; NaN where not measured.

        Raises StaleAttempt, checked in the same transaction, when the attempt no longer owns the run.
        """
        with self._database.writing() as connection:
            add(connection, run, attempt, stream, steps, values)

    def series(self, run: str) -> dict[Stream, tuple[str, ...]]:
        """The columns of each stream as the newest attempt declared them; empty before the first."""
        with self._database.reading() as connection:
            return _newest(_declared(connection, run))

    def read(self, run: str, after: int = 0) -> list[Chunk]:
        """The flushes of a run with a key beyond `after`, oldest first.

        Columns are those of `series`: where an earlier attempt named others, its values are put in their
        places, and NaN where it had none.
        """
        query = select(chunks).where(chunks.c.run == run, chunks.c.key > after).order_by(chunks.c.key)
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
            declared = _declared(connection, run) if rows else {}
        newest = _newest(declared)
        return [_chunk(row, declared[row["attempt"]][row["stream"]], newest[row["stream"]]) for row in rows]

    def blocks(
        self, run: str, stream: Stream, least: int = 1
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """One stream of a run as `resolve` would have it, flush by flush, so that little is in memory: steps (T,),
        values (T, S). Flushes of fewer than `least` steps come together.
        """
        mine = (chunks.c.run == run, chunks.c.stream == stream)
        firsts = select(chunks.c.attempt, func.min(chunks.c.first)).where(chunks.c.run == run)
        with self._database.reading() as connection:
            begun = [(row[0], row[1]) for row in connection.execute(firsts.group_by(chunks.c.attempt))]
            declared = _declared(connection, run)
        held: list[Chunk] = []
        for attempt in sorted(attempt for attempt, _ in begun):
            ceiling = min((first for other, first in begun if other > attempt), default=_NEVER)
            for row in self._rows(*mine, chunks.c.attempt == attempt, chunks.c.first < ceiling):
                chunk = _chunk(row, declared[attempt][stream], _newest(declared)[stream])
                kept = chunk.steps < ceiling
                held.append(replace(chunk, steps=chunk.steps[kept], values=chunk.values[kept]))
                if sum(len(each.steps) for each in held) >= least:
                    yield _joined(held)
                    held = []
        if held:
            yield _joined(held)

    def _rows(self, *conditions: ColumnElement[bool]) -> Iterator[RowMapping]:
        """Flushes in the order of keys, a few at a time."""
        after, full = 0, True
        while full:
            query = select(chunks).where(*conditions, chunks.c.key > after).order_by(chunks.c.key).limit(PAGE)
            with self._database.reading() as connection:
                rows = connection.execute(query).mappings().all()
            yield from rows
            full = len(rows) == PAGE
            after = rows[-1]["key"] if rows else after

    def histories(self, ids: Sequence[str], stream: Stream, newest_only: bool = False) -> dict[str, History]:
        """One stream of many runs, by run; those that have said nothing are left out.

        newest_only: of each run only its last flush.
        """
        said = select(chunks).where(chunks.c.run.in_(list(ids)), chunks.c.stream == stream)
        if newest_only:
            last = select(func.max(chunks.c.key)).where(
                chunks.c.run.in_(list(ids)), chunks.c.stream == stream
            )
            said = select(chunks).where(chunks.c.key.in_(last.group_by(chunks.c.run)))
        with self._database.reading() as connection:
            rows = connection.execute(said.order_by(chunks.c.key)).mappings().all()
            declared = {id: _declared(connection, id) for id in {row["run"] for row in rows}}
        found: dict[str, list[Chunk]] = defaultdict(list)
        for row in rows:
            known = declared[row["run"]]
            found[row["run"]].append(_chunk(row, known[row["attempt"]][stream], _newest(known)[stream]))
        return {
            id: History(_newest(declared[id])[stream], *resolve(flushes)[stream])
            for id, flushes in found.items()
        }


def add(
    connection: Connection,
    run: str,
    attempt: int,
    stream: Stream,
    steps: NDArray[np.int64],
    values: NDArray[np.float32],
) -> None:
    """What `Telemetry.append` does inside a transaction."""
    if len(steps) == 0:
        return
    if values.shape[0] != len(steps) or values.ndim != 2:
        raise ValueError(f"Expected values of shape ({len(steps)}, S), but got {values.shape}")
    first, last = int(steps[0]), int(steps[-1])
    even = last - first == len(steps) - 1
    row = {
        "run": run,
        "attempt": attempt,
        "stream": stream,
        "first": first,
        "length": len(steps),
        "steps": None if even else np.ascontiguousarray(steps, "<i8").tobytes(),
        "data": np.ascontiguousarray(values, "<f4").tobytes(),
    }
    _advance(connection, run, attempt, last)
    connection.execute(insert(chunks), row)


def resolve(found: Iterable[Chunk]) -> dict[Stream, tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """One history of each stream: steps (T,), values (T, S).

    An attempt supersedes the earlier ones, in every stream, from its own first step on: it went on from a
    checkpoint and did those steps again.
    """
    attempts: dict[int, list[Chunk]] = defaultdict(list)
    for chunk in found:
        attempts[chunk.attempt].append(chunk)
    parts: dict[Stream, list[tuple[NDArray[np.int64], NDArray[np.float32]]]] = defaultdict(list)
    ceiling = _NEVER
    for attempt in sorted(attempts, reverse=True):
        for chunk in reversed(attempts[attempt]):
            kept = chunk.steps < ceiling
            parts[chunk.stream].append((chunk.steps[kept], chunk.values[kept]))
        ceiling = min(ceiling, *(int(chunk.steps[0]) for chunk in attempts[attempt]))
    return {
        stream: (
            np.concatenate([steps for steps, _ in reversed(pieces)]),
            np.concatenate([values for _, values in reversed(pieces)]),
        )
        for stream, pieces in parts.items()
    }


def _joined(held: Sequence[Chunk]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    return np.concatenate([each.steps for each in held]), np.concatenate([each.values for each in held])


def _advance(connection: Connection, run: str, attempt: int, step: int) -> None:
    """Fence and progress in one statement: it locks the run, and touches it only for its owner."""
    mine = (runs.c.id == run, runs.c.attempt == attempt, runs.c.state == State.RUNNING)
    if connection.execute(update(runs).where(*mine).values(step=step)).rowcount == 0:
        owned(connection, run, attempt)


def _declared(connection: Connection, run: str) -> dict[int, dict[Stream, tuple[str, ...]]]:
    found: dict[int, dict[Stream, tuple[str, ...]]] = defaultdict(dict)
    for row in connection.execute(select(series).where(series.c.run == run).order_by(series.c.attempt)):
        found[row.attempt][row.stream] = tuple(row.names)
    return found


def _newest(declared: dict[int, dict[Stream, tuple[str, ...]]]) -> dict[Stream, tuple[str, ...]]:
    merged: dict[Stream, tuple[str, ...]] = {}
    for attempt in sorted(declared):
        merged |= declared[attempt]
    return merged


def _chunk(row: RowMapping, names: tuple[str, ...], wanted: tuple[str, ...]) -> Chunk:
    length = row["length"]
    if row["steps"] is None:
        steps = np.arange(row["first"], row["first"] + length, dtype=np.int64)
    else:
        steps = np.frombuffer(row["steps"], "<i8").astype(np.int64)
    values = np.frombuffer(row["data"], "<f4").reshape(length, len(names)).astype(np.float32)
    if names != wanted:
        moved = np.full((length, len(wanted)), np.nan, dtype=np.float32)
        for position, name in enumerate(wanted):
            if name in names:
                moved[:, position] = values[:, names.index(name)]
        values = moved
    return Chunk(row["key"], row["attempt"], row["stream"], steps, values)
