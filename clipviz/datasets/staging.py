"""The scratch database between a file's cells and typed columns."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clipviz.core.dataset import Column, ImageShape, RejectedRow

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Raw:
    """The table `raw` (line BIGINT, c1..cn VARCHAR) was filled.

    names: as the file spells them, one per column, "" where it has none. rejected: rows that have not the shape of
    a row. notes: sentences about what was noticed. complete: False when reading stopped before the end of the file.
    """

    names: tuple[str, ...]
    rejected: list[RejectedRow] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class Contents:
    """What was written: columns in order, rows in data.parquet, rows in rejected.parquet; images in pixels.npy."""

    columns: tuple[Column, ...]
    rows: int
    rejected: int
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
