"""The store: one database, its six kinds of things."""

from types import TracebackType
from typing import Self

from clipviz.store.database import Database
from clipviz.store.datasets import Datasets
from clipviz.store.events import Events
from clipviz.store.letters import Letters
from clipviz.store.migrate import migrate
from clipviz.store.recipes import Recipes
from clipviz.store.runs import Runs
from clipviz.store.sweeps import Sweeps
from clipviz.store.telemetry import Telemetry

BUSY_SECONDS = 5.0
"""How long a call waits for another writer before it raises StoreUnavailable."""


class Store:
    """Everything that the team shares; safe to use from many threads, never across a fork."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.datasets = Datasets(database)
        self.recipes = Recipes(database)
        self.runs = Runs(database)
        self.sweeps = Sweeps(database)
        self.telemetry = Telemetry(database)
        self.events = Events(database)
        self.letters = Letters(database)

    def ping(self) -> None:
        """Raise StoreUnavailable unless the store can be written now."""
        with self.database.writing():
            pass

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(url: str, busy_seconds: float = BUSY_SECONDS) -> Store:
    """The store behind a SQLAlchemy URL, made or migrated to the current tables where needed.

    Raises StoreUnavailable when it is locked, full, away, or from a newer release.
    """
    database = Database(url, busy_seconds)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database)
