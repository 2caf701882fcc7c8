"""The scratch database between a file's cells and typed columns."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clipviz.core.dataset import Column, ImageShape, Kind, RejectedRow

if TYPE_CHECKING:
    import duckdb


Declared = Literal["number", "integer", "boolean", "date", "words"]
BLOCK = 10_000


@dataclass(frozen=True)
class Raw:
    """The table `raw` (line BIGINT, c1..cn VARCHAR, those of `native` DOUBLE) was filled.

    names: as the file spells them, one per column, "" where it has none. rejected: rows that have not the shape of
    a row. notes: sentences about what was noticed. complete: False when reading stopped before the end of the file.
    declared: what the file itself says of each column, where it does; "words" are never taken for numbers.
    native: "number" or "integer" for a column that the file holds as numbers throughout, by its place.
    """

    names: tuple[str, ...]
    rejected: list[RejectedRow] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    complete: bool = True
    declared: tuple[Declared | None, ...] = ()
    native: Mapping[int, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What was written: columns in order, rows in data.parquet, rows in rejected.parquet; images in pixels.npy.

    notes: sentences about it.
    """

    columns: tuple[Column, ...]
    rows: int
    rejected: int
    notes: tuple[str, ...] = ()
    image: ImageShape | None = None


@dataclass(frozen=True)
class Sketch:
    """The first rows of a file as they would be read."""

    columns: tuple[Column, ...]
    rows: list[list[str]]
    seen: int
    rejected: list[RejectedRow]
    notes: tuple[str, ...]
    complete: bool


@contextmanager
def open_staging(folder: Path | None, memory_mb: int) -> "Iterator[tuple[duckdb.DuckDBPyConnection, Path]]":
    """A DuckDB database on disk in a scratch folder that vanishes afterwards; never downloads an extension."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder) as scratch:
        place = Path(scratch)
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": str(place / "spill"),
            "threads": str(min(4, os.cpu_count() or 1)),
        }
        connection = duckdb.connect(str(place / "raw.duckdb"), config=config)
        try:
            yield connection, place
        finally:
            connection.close()


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def fill(
    connection: "duckdb.DuckDBPyConnection",
    folder: Path,
    rows: Iterable[tuple[int, Sequence[str | None]]],
    width: int,
) -> int:
    """Fill `raw` from (line, cells) of each row through a Parquet file, block by block; gives the number of rows.

    Cells that a row lacks are empty, those beyond `width` are cut.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"c{place}" for place in range(1, width + 1)]
    schema = pa.schema([("line", pa.int64()), *[(name, pa.string()) for name in names]])
    path, written, given = folder / "cells.parquet", 0, iter(rows)
    with pq.ParquetWriter(path, schema) as writer:
        while block := list(islice(given, BLOCK)):
            padded = [[*cells, *[""] * width][:width] for _, cells in block]
            columns = list(zip(*padded, strict=True))
            lines = pa.array([line for line, _ in block], pa.int64())
            arrays = [lines, *[pa.array(column, pa.string()) for column in columns]]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            written += len(block)
    load(connection, path)
    return written


def lay(connection: "duckdb.DuckDBPyConnection", lines: Any, columns: Sequence[Any]) -> None:
    """Let `raw` be whole columns, pyarrow arrays of text or of doubles, and their line numbers; nothing is copied."""
    import pyarrow as pa

    names = ["line", *(f"c{place}" for place in range(1, len(columns) + 1))]
    connection.register("raw", pa.table([pa.array(lines, pa.int64()), *columns], names=names))


def drop(connection: "duckdb.DuckDBPyConnection") -> None:
    """Let go of `raw`, whether it was filled or laid."""
    laid = connection.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'raw'").fetchall()
    if laid[0][0]:
        connection.unregister("raw")
    else:
        connection.execute("DROP TABLE raw")


def load(connection: "duckdb.DuckDBPyConnection", path: Path) -> None:
    """Make `raw` of a Parquet file that has its columns."""
    connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_parquet({literal(str(path))})")
