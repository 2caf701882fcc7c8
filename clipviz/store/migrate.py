"""Brings a database to the current tables, safely when several processes start at once."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from clipviz.core.errors import StoreUnavailable
from clipviz.store.database import Database
from clipviz.store.schema import metadata

HEAD = "0002"
"""The newest migration; read first, so that an up-to-date database costs one query and no Alembic."""

_ADVISORY_LOCK = 0x636C6970  # "clip"


def migrate(database: Database) -> None:
    """Make the tables of an empty database, or run the migrations that one misses, in one transaction.

    A second process waits, then finds nothing to do. Raises StoreUnavailable when the database was made by a
    newer release.
    """
    with database.reading() as connection:
        if _revision(connection) == HEAD:
            return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        found = _revision(connection)
        if found is None:
            _create(connection)
        elif found != HEAD:
            upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _create(connection: Connection) -> None:
    """The current tables at once: Alembic would take 0.2 s, and walk through every release there ever was."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen, inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"This database was made by a newer clipviz; this one knows it up to revision {HEAD}",
            f"revision {_revision(connection)}",
            "Upgrade clipviz, or use another CLIPVIZ_STORE",
        ) from error
