"""Tables that know their own types: Arrow batches laid out as text, exactly, with what the file says of each column."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipviz.core.errors import UnreadableFile
from clipviz.datasets.staging import Declared, Raw, load

if TYPE_CHECKING:
    import duckdb

MOST_COLUMNS = 20_000


def stage(
    connection: "duckdb.DuckDBPyConnection",
    folder: Path,
    schema: Any,
    batches: Iterable[Any],
    rows: int | None,
) -> Raw:
    """Fill `raw` from Arrow batches, at most `rows` rows; raises UnreadableFile for too many columns or no rows.

    Numbers are written so that they come back bit for bit. Lists, maps and structs become JSON, bytes that are UTF-8
    become text. A time of day and a duration become seconds.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not 0 < len(schema) <= MOST_COLUMNS:
        raise UnreadableFile(
            f"A table may have 1 to {MOST_COLUMNS:,} columns", f"{len(schema):,}", "Leave some out"
        )
    cells = [(f"c{place}", pa.string()) for place in range(1, len(schema) + 1)]
    target, written, complete = pa.schema([("line", pa.int64()), *cells]), 0, True
    path = folder / "cells.parquet"
    with pq.ParquetWriter(path, target) as writer:
        for batch in batches:
            if rows is not None and written + batch.num_rows > rows:
                batch, complete = batch.slice(0, rows - written), False
            lines = pa.array(range(written + 1, written + batch.num_rows + 1), pa.int64())
            arrays = [lines, *[text(column) for column in batch.columns]]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=target))
            written += batch.num_rows
            if not complete:
                break
    if written == 0:
        raise UnreadableFile("A table needs at least one row of values", "none", "Upload a file with rows")
    load(connection, path)
    declared = tuple(_declared(field.type) for field in schema)
    return Raw(tuple(schema.names), notes=_notes(schema), complete=complete, declared=declared)


@contextmanager
def damage_said(what: str) -> Iterator[None]:
    """Arrow's own errors about a file as an UnreadableFile."""
    import pyarrow as pa

    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise UnreadableFile(f"{what} must be whole", first, "Copy it again, or write it again") from error


def text(column: Any) -> Any:
    """An Arrow array as an array of strings, null where it is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    check = pa.types
    if check.is_dictionary(kind):
        return text(column.dictionary_decode())
    if check.is_floating(kind):
        return column.cast(pa.float64()).cast(pa.string())
    if check.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False).cast(pa.string())
    if check.is_duration(kind):
        return pc.divide(
            column.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), 1e6
        ).cast(pa.string())
    if check.is_time(kind):
        ticks = column.cast(pa.time64("ns"), safe=False).cast(pa.int64()).cast(pa.float64())
        return pc.divide(ticks, 1e9).cast(pa.string())
    if check.is_decimal(kind) or check.is_integer(kind) or check.is_boolean(kind) or check.is_null(kind):
        return column.cast(pa.string())
    if check.is_date(kind) or check.is_string(kind) or check.is_large_string(kind):
        return column.cast(pa.string())
    return pa.array([_word(value) for value in column.to_pylist()], pa.string())


def _word(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").replace("\0", "␀")
    return json.dumps(value, ensure_ascii=False, default=str)


def _declared(kind: Any) -> Declared | None:
    """What an Arrow type says of its column; a string is words or a date, never a number."""
    import pyarrow as pa

    check = pa.types
    known: tuple[tuple[Callable[[Any], bool], Declared | None], ...] = (
        (check.is_boolean, "boolean"),
        (check.is_integer, None),
        (check.is_floating, "number"),
        (check.is_decimal, None),
        (check.is_duration, "number"),
        (check.is_time, "number"),
        (check.is_date, "date"),
        (check.is_timestamp, "date"),
        (check.is_null, None),
    )
    return next((said for fits, said in known if fits(kind)), "words")


def _notes(schema: Any) -> tuple[str, ...]:
    import pyarrow as pa

    zoned = [field.name for field in schema if pa.types.is_timestamp(field.type) and field.type.tz]
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    clocks = [
        field.name for field in schema if pa.types.is_time(field.type) or pa.types.is_duration(field.type)
    ]
    notes = [f"Times of {', '.join(zoned[:5])} are in UTC."] if zoned else []
    notes += [f"Times of day and durations of {', '.join(clocks[:5])} are read as seconds."] if clocks else []
    notes += [f"Nested values of {', '.join(nested[:5])} are kept as JSON text."] if nested else []
    return tuple(notes)
