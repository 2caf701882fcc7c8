import sqlite3
from pathlib import Path

import pytest

import clipviz.store
from clipviz.core.errors import StoreUnavailable
from clipviz.core.run import Run
from clipviz.store import Store
from clipviz.store.database import Database

from .conftest import dataset_named, sqlite_in


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_in(tmp_path)


def test_sqlite_is_prepared(store: Store) -> None:
    with store.database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 200}


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError), store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
        raise KeyError
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1


def test_a_locked_database_says_so_and_readers_go_on(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "clipviz.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        StoreUnavailable, match=r"locked by another process; received 'database is locked' from"
    ):
        store.datasets.add(dataset_named("houses"))
    assert store.datasets.list() == []
    other.close()
    assert store.datasets.add(dataset_named("houses")).name == "houses"


def test_a_full_disk_says_so_and_corrupts_nothing(store: Store, running: Run) -> None:
    with store.database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match=r"The disk of the database is full; .*Free some space on it"):
        for _ in range(20):
            store.runs.note(running.id, "x" * 9000, store.runs.get(running.id).revision, "Ada")
            store.events.append(running.id, 1, 0, "info", "x" * 2000)
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    with store.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    store.events.append(running.id, 1, 0, "info", "space again")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "CLIPVIZ_STORE must be a database URL; received nonsense. Use sqlite:///PATH"),
        ("oracular://h/d", "CLIPVIZ_STORE must be a database URL"),
        (
            "sqlite:////proc/nowhere/clipviz.db",
            "The folder of the database cannot be made.*another CLIPVIZ_HOME",
        ),
    ],
)
def test_a_wrong_url_says_what_is_wanted(url: str, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words):
        clipviz.store.open(url)


def test_something_else_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("to do: buy milk\n" * 100)
    with pytest.raises(
        StoreUnavailable, match=r"The database file holds something else.*Point CLIPVIZ_STORE"
    ):
        clipviz.store.open(f"sqlite:///{tmp_path / 'notes.db'}")


def test_passwords_are_never_said() -> None:
    database = Database("sqlite:///x.db", 1.0)
    database._url = database._url.set(username="ada", password="secret", host="h")
    assert "secret" not in database.address and "ada" in database.address
    database.close()
