"""From spooled columns to data.parquet and rejected.parquet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Column, Kind, RejectedRow
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import progress
from clipviz.datasets.bulk.parse import Misfit, Plan
from clipviz.datasets.bulk.spool import NULL_BITS, Spool
from clipviz.datasets.kinds import Typed
from clipviz.datasets.staging import Contents
from clipviz.datasets.typed import write_rejected

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 250_000
CELLS_OF_A_BATCH = 5_000_000


@dataclass(frozen=True)
class Kinds:
    """numbers: kinds of the number columns by place. words: how each text column is read."""

    numbers: dict[int, Kind]
    words: dict[int, Typed]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about columns whose kind is not obvious."""
        return tuple(typed.note for typed in self.words.values() if typed.note)

    def of(self, place: int) -> Kind:
        return self.numbers[place] if place in self.numbers else self.words[place].kind

    def marks(self, place: int) -> tuple[str, ...]:
        """Numbers that were parsed as such had none."""
        return () if place in self.numbers else self.words[place].marks


def write(
    connection: "duckdb.DuckDBPyConnection",
    spool: Spool,
    plan: Plan,
    named: Sequence[tuple[str, str]],
    kinds: Kinds,
    rejected: Sequence[RejectedRow],
    misfits: Sequence[Misfit],
    folder: Path,
) -> Contents:
    """Write the rows that can be read, in the order of the file, and beside them those that cannot."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    bad = np.unique(np.array([misfit.row for misfit in misfits], dtype=np.int64))
    rows = spool.rows - len(bad)
    if not rows:
        raise UnreadableFile(
            "At least one row must be readable",
            f"{len(rejected):,} rows, none readable",
            "Check the delimiter, the decimal mark, the encoding and the kinds of the columns",
        )
    write_rejected(sorted(rejected, key=lambda row: row.line), folder)
    batch = max(1000, min(BATCH, CELLS_OF_A_BATCH // plan.width))
    words = _words(connection, kinds, batch)
    schema = pa.schema([(name, _type(kinds, place, words.schema)) for place, (name, _) in enumerate(named)])
    columns = {place: spool.values(place) for place in kinds.numbers}
    text = [
        name for place, (name, _) in enumerate(named) if kinds.of(place) in ("category", "text", "boolean")
    ]
    with pq.ParquetWriter(
        folder / "data.parquet", schema, compression="zstd", compression_level=1, use_dictionary=text
    ) as writer:
        for start, block in words.blocks(spool.rows):
            end = min(start + batch, spool.rows)
            keep = _kept(bad, start, end)
            arrays = [
                _numbers(columns[place][start:end], field.type, keep)
                if place in columns
                else _text(block.column(words.places[place]), field.type, keep)
                for place, field in enumerate(schema)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema), row_group_size=batch)
            progress.say(end, spool.rows, "storing rows")
    found = tuple(
        Column(name=name, kind=kinds.of(place), title=title, marks=kinds.marks(place))
        for place, (name, title) in enumerate(named)
    )
    return Contents(found, rows, len(rejected), kinds.notes)


@dataclass(frozen=True)
class _Words:
    """The typed text columns, in blocks of `batch` rows. places: where each column stands in them."""

    schema: Any
    places: dict[int, int]
    reader: Any
    batch: int

    def blocks(self, rows: int) -> Iterator[tuple[int, Any]]:
        """(first row, pyarrow table) of each block; None for the table where there is no text."""
        import pyarrow as pa

        held: list[Any] = []
        size = 0
        for start in range(0, rows, self.batch):
            wanted = min(self.batch, rows - start)
            while self.reader is not None and size < wanted:
                held.append(self.reader.read_next_batch())
                size += held[-1].num_rows
            if self.reader is None:
                yield start, None
                continue
            table = pa.Table.from_batches(held)
            held, size = table.slice(wanted).to_batches(), size - wanted
            yield start, table.slice(0, wanted)


def _words(connection: "duckdb.DuckDBPyConnection", kinds: Kinds, batch: int) -> _Words:
    if not kinds.words:
        return _Words(None, {}, None, batch)
    values = ", ".join(f"{column.value} AS v{place}" for place, column in enumerate(kinds.words.values()))
    reader: Any = connection.sql(f"SELECT {values} FROM cells").to_arrow_reader(batch)
    return _Words(reader.schema, {place: at for at, place in enumerate(kinds.words)}, reader, batch)


def _type(kinds: Kinds, place: int, schema: Any) -> "pa.DataType":
    import pyarrow as pa

    if place in kinds.numbers:
        return {"integer": pa.int64(), "number": pa.float64()}.get(kinds.numbers[place], pa.string())
    if kinds.words[place].stored == "BIGINT":
        return pa.int64()
    return schema.field(list(kinds.words).index(place)).type


def _kept(bad: NDArray[np.int64], start: int, end: int) -> NDArray[np.bool_] | None:
    """Which rows of start..end can be read; None for all of them."""
    inside = bad[np.searchsorted(bad, start) : np.searchsorted(bad, end)]
    if not len(inside):
        return None
    keep = np.ones(end - start, dtype=np.bool_)
    keep[inside - start] = False
    return keep


def _numbers(values: NDArray[np.float64], type: "pa.DataType", keep: NDArray[np.bool_] | None) -> "pa.Array":
    import pyarrow as pa

    values = np.asarray(values) if keep is None else values[keep]
    missing = values.view(np.int64) == NULL_BITS
    if pa.types.is_string(type):
        return pa.nulls(len(values), type)
    if pa.types.is_int64(type):
        with np.errstate(invalid="ignore"):
            return pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)
    return pa.array(values, mask=missing if missing.any() else None)


def _text(column: Any, type: "pa.DataType", keep: NDArray[np.bool_] | None) -> "pa.Array":
    import pyarrow as pa

    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    return (array if keep is None else array.filter(pa.array(keep))).cast(type)
