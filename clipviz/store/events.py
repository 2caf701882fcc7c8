"""The event log of a run: sentences, in the order in which they were written."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from clipviz.core.errors import StaleAttempt
from clipviz.store.database import Database
from clipviz.store.editing import plain
from clipviz.store.schema import events, runs

TEXT_LENGTH = 2_000


@dataclass(frozen=True)
class Event:
    """One sentence. `key` ascends; kind is one of info, spike, nonfinite, best, rule, stop, warning."""

    key: int
    attempt: int
    step: int
    kind: str
    text: str
    at: datetime


class Events:
    """Events of one store. Methods raise StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, run: str, attempt: int, step: int, kind: str, text: str) -> None:
        """Write one sentence (at most 2,000 characters are kept); StaleAttempt for an older attempt."""
        with self._database.writing() as connection:
            add(connection, run, attempt, step, kind, text, self._database.now())

    def list(self, run: str, after: int = 0) -> list[Event]:
        """The sentences of a run with a key beyond `after`, oldest first."""
        query = select(events).where(events.c.run == plain(run), events.c.key > after).order_by(events.c.key)
        with self._database.reading() as connection:
            rows = connection.execute(query)
            return [Event(row.key, row.attempt, row.step, row.kind, row.text, row.at) for row in rows]


def add(
    connection: Connection, run: str, attempt: int, step: int, kind: str, text: str, at: datetime
) -> None:
    """What `Events.append` does inside a transaction."""
    newest = select(runs.c.attempt).where(runs.c.id == run).with_for_update(key_share=True)
    current = connection.scalar(newest)
    if current != attempt:
        raise StaleAttempt(
            "Only the newest attempt of a run may write to its log",
            f"attempt {attempt} of {run}; it is at {current}",
            "Leave the run to its owner",
        )
    record(connection, run, attempt, step, kind, plain(text), at)


def record(
    connection: Connection, run: str, attempt: int, step: int, kind: str, text: str, at: datetime
) -> None:
    """Write one event inside a transaction that already holds the run."""
    row = {"run": run, "attempt": attempt, "step": step, "kind": kind, "text": text[:TEXT_LENGTH], "at": at}
    connection.execute(insert(events), row)
