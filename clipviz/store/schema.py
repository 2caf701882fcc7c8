"""The tables, as SQLAlchemy Core sees them; `migrations/` brings a database to this shape."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A point in time, always aware and always UTC; SQLite stores it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only in an INTEGER key
Id = String(16)
metadata = MetaData()

datasets = Table(
    "datasets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("reading", JSON, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("image", JSON(none_as_null=True)),
    Column("bytes", BigInteger, nullable=False),
    Column("target", Text),
    Column("origin", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("revision", Integer, nullable=False),
)

recipes = Table(
    "recipes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dataset", Id, ForeignKey("datasets.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", Text, nullable=False),
    # false for the cells of a sweep that nobody has saved by himself
    Column("listed", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("recipes_by_dataset", "dataset", "created_at"),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dataset", Id, ForeignKey("datasets.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("design", Text, nullable=False),
    Column("variants", Text, nullable=False),
    # what a sweep that chooses as it goes has decided, and whether it has more to decide
    Column("rounds", Text, nullable=False),
    Column("extensions", Text, nullable=False),
    Column("choosing", Boolean, nullable=False),
    # paused by people: what it decides to train by itself waits until they go on
    Column("held", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("revision", Integer, nullable=False),
    Index("sweeps_by_dataset", "dataset", "created_at"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("recipe", Id, ForeignKey("recipes.id"), nullable=False),
    Column("dataset", Id, ForeignKey("datasets.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("sweep", Id, ForeignKey("sweeps.id")),
    Column("arm", Text),
    Column("seed", BigInteger),
    Column("program", Id),
    Column("state", String(16), nullable=False),
    Column("request", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Moment),
    Column("reason", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("steps", BigInteger, nullable=False),
    # Furthest step that any lost attempt had reached, and how many in a row came no further.
    Column("furthest", BigInteger, nullable=False),
    Column("stalled", Integer, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("revision", Integer, nullable=False),
    Index("runs_by_state", "state", "created_at"),
    Index("runs_by_dataset", "dataset", "created_at"),
    Index("runs_by_sweep", "sweep", "created_at"),
)

series = Table(
    "series",
    metadata,
    Column("run", Id, ForeignKey("runs.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("stream", String(16), primary_key=True),
    Column("names", JSON, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=True),
    Column("run", Id, ForeignKey("runs.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stream", String(16), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    # int64 little-endian (T,); null when the steps are first, first + 1, ...
    Column("steps", LargeBinary),
    # float32 little-endian (T, S), row by row
    Column("data", LargeBinary, nullable=False),
    Index("chunks_by_run", "run", "key"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=True),
    Column("run", Id, ForeignKey("runs.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("events_by_run", "run", "key"),
    sqlite_autoincrement=True,
)
