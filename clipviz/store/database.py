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
_LOCKED = ("The database is locked by another process", "Try again in a moment")
_FORBIDDEN = ("The database may not be written", "Give this user the right to make and write tables in it")
_UNKNOWN = ("The database cannot be opened", "Check the user and the database that CLIPVIZ_STORE names")
_LOST = ("The database has lost its tables", "Restore it from a backup")
_FULL = ("The disk of the database is full", "Free some space on it, then try again")
_TROUBLES = (  # what a driver says, what it means, what helps
    ("locked", *_LOCKED),
    ("lock timeout", *_LOCKED),
    ("deadlock", *_LOCKED),
    ("full", *_FULL),
    ("no space left", *_FULL),
    ("readonly", "The database may not be written", "Give this user the right to write its file and folder"),
    ("permission denied", *_FORBIDDEN),
    ("no schema has been selected", *_FORBIDDEN),
    ("read-only", "The database may not be written", "Point CLIPVIZ_STORE at the server that takes writes"),
    (
        "unable to open",
        "The database file cannot be opened",
        "Check that its folder exists and may be written",
    ),
    ("not a database", "The database file holds something else", "Point CLIPVIZ_STORE at a clipviz database"),
    ("malformed", "The database file is damaged", "Restore it from a backup"),
    ("no such table", *_LOST),
    ("relation", *_LOST),
    ("does not exist", *_UNKNOWN),
    ("authentication failed", *_UNKNOWN),
)
_IDLE_SECONDS = 60
"""After so long a PostgreSQL server lets go of what a client holds that went silent in the middle of a transaction."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """Connections to one database.

    `reading()` sees one consistent state and never waits for writers. `writing()` takes SQLite's write lock at once,
    so that what it reads is still true when it writes; in PostgreSQL only of what it locks (`with_for_update`, with
    `key_share`: whoever writes a row that refers to a locked one need not wait). Both raise StoreUnavailable when the
    database is locked for longer than `busy_seconds`, full or away; then nothing was written.
    """

    def __init__(self, url: str, busy_seconds: float, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        try:
            self._url = make_url(url)
            self.engine = _engine(self._url, busy_seconds)
            self._reader = _reader(self.engine)
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
                "Write postgresql+psycopg://, whose driver comes with: pip install 'clipviz[postgres]'",
            ) from error

    @property
    def address(self) -> str:
        """The URL without its password."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._failures_in_words(), self._reader.connect() as connection:
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
        except (exc.IntegrityError, exc.DataError):  # our mistake, not the database's
            raise
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
            away = ("", "The database cannot be reached", "Check that it runs, then try again")
            raise self._unavailable(error, _trouble(error) or away) from error
        except exc.DatabaseError as error:
            trouble = _trouble(error)
            if trouble is None:
                raise
            raise self._unavailable(error, trouble) from error

    def _unavailable(self, error: exc.SQLAlchemyError, trouble: tuple[str, str, str]) -> StoreUnavailable:
        _, rule, remedy = trouble
        return StoreUnavailable(rule, f"{_said(error)!r} from {self.address}", remedy)


def _trouble(error: exc.SQLAlchemyError) -> tuple[str, str, str] | None:
    """What a driver's words mean, where it is known."""
    said = _said(error).lower()
    return next((trouble for trouble in _TROUBLES if trouble[0] in said), None)


def _said(error: exc.SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        if url.get_driver_name().startswith("psycopg") and "connect_timeout" not in url.query:
            url = url.update_query_dict(
                {"connect_timeout": str(max(2, round(busy_seconds)))}
            )  # libpq: at least 2
        engine = create_engine(url, pool_pre_ping=True)
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", partial(_prepare_postgresql, busy_seconds=busy_seconds))
        return engine
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


def _reader(engine: Engine) -> Engine:
    """The same connections, for reading: in PostgreSQL a statement may see what the one before it did not."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare_postgresql(connection: Any, record: Any, busy_seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{int(busy_seconds * 1000)}ms'")
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
    connection.commit()


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
