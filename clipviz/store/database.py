"""One database behind one URL: connections, transactions, and its failures in words."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from clipviz.core.errors import StoreUnavailable

_WRITING = "clipviz_writing"
_TROUBLES = (  # what a driver says, what it means, what helps
    ("locked", "The database is locked by another process", "Try again in a moment"),
    ("full", "The disk of the database is full", "Free some space on it, then try again"),
    ("readonly", "The database may not be written", "Give this user the right to write its file and folder"),
    (
        "unable to open",
        "The database file cannot be opened",
        "Check that its folder exists and may be written",
    ),
    ("not a database", "The database file holds something else", "Point CLIPVIZ_STORE at a clipviz database"),
    ("malformed", "The database file is damaged", "Restore it from a backup"),
    ("no such table", "The database has lost its tables", "Restore it from a backup"),
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """Connections to one database.

    `reading()` sees one consistent state and never waits for writers (SQLite in WAL mode); `writing()`
    takes the write lock at once, so that what it reads is still true when it writes. Both raise
    StoreUnavailable when the database is locked, full or away; then nothing was written.
    """

    def __init__(self, url: str, busy_seconds: float, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        try:
            self._url = make_url(url)
            self.engine = _engine(self._url, busy_seconds)
        except (exc.ArgumentError, exc.NoSuchModuleError) as error:
            raise StoreUnavailable(
                "CLIPVIZ_STORE must be a database URL",
                url,
                "Use sqlite:///PATH or postgresql://USER@HOST/NAME",
            ) from error
        except ModuleNotFoundError as error:
            raise StoreUnavailable(
                f"The driver of this database is not installed: {error.name}",
                self.address,
                "Install it with: pip install 'clipviz[postgres]'",
            ) from error

    @property
    def address(self) -> str:
        """The URL without its password."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._failures_in_words(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._failures_in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITING: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
            raise self._unavailable(error) from error
        except exc.DatabaseError as error:
            if "database" not in str(error.orig):  # a broken constraint is our mistake, not the database's
                raise
            raise self._unavailable(error) from error

    def _unavailable(self, error: exc.SQLAlchemyError) -> StoreUnavailable:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        for word, rule, remedy in _TROUBLES:
            if word in said.lower():
                return StoreUnavailable(rule, f"{said!r} from {self.address}", remedy)
        return StoreUnavailable(
            "The database cannot be reached",
            f"{said!r} from {self.address}",
            "Check that it runs, then try again",
        )


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                "The folder of the database cannot be made", str(error), "Choose another CLIPVIZ_HOME"
            ) from error
    engine = create_engine(url)
    event.listen(engine, "connect", partial(_prepare, busy_seconds=busy_seconds))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any, busy_seconds: float) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin` does
    connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")
    _journal_in_wal(connection, busy_seconds)
    connection.execute("PRAGMA synchronous = NORMAL")


def _journal_in_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Switch a new file to WAL. SQLite answers "locked" at once when two processes do it together."""
    deadline = time.monotonic() + busy_seconds
    while connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
