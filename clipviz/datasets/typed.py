"""From cells as text to typed columns: data.parquet, and rejected.parquet beside it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipviz.core.dataset import Column, Kind, Reading, RejectedRow
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import names, totals
from clipviz.datasets.cells import VERY_WIDE, WIDE, clean_cells
from clipviz.datasets.kinds import Typed, decide
from clipviz.datasets.lines import SHOWN
from clipviz.datasets.staging import Contents, Raw, Sketch, literal

if TYPE_CHECKING:
    import duckdb

WORDS = {"number": "a number", "integer": "a whole number", "boolean": "true or false", "date": "a date"}
BATCH = 50_000
CELLS_OF_A_BATCH = 5_000_000


def write(
    connection: "duckdb.DuckDBPyConnection",
    raw: Raw,
    reading: Reading,
    overrides: dict[str, Kind],
    folder: Path,
) -> Contents:
    """Write folder/data.parquet (rows that can be read) and folder/rejected.parquet; raises UnreadableFile."""
    named = names.clean(raw.names)
    native = {
        place: kind
        for place, kind in raw.native.items()
        if not {**reading.kinds, **overrides}.get(named[place][0])
    }
    clean_cells(connection, len(named), reading.missing or (), native, raw.native)
    typed = decide(connection, [name for name, _ in named], reading, overrides, raw.declared, native=native)
    rejected = [*raw.rejected, *_misfits(connection, named, typed)]
    rejected += totals.take_out(connection, [name for name, _ in named], typed, _fits(typed))
    write_rejected(sorted(rejected, key=lambda row: row.line), folder)
    rows = _write_rows(connection, [name for name, _ in named], typed, folder / "data.parquet")
    if rows == 0:
        first = rejected[0] if rejected else RejectedRow(line=0, reason="no rows")
        raise UnreadableFile(
            "At least one row must be readable",
            f"{len(rejected):,} rows, none readable; line {first.line}: {first.column} {first.reason}".replace(
                "  ", " "
            ),
            "Check the delimiter, the decimal mark, the encoding and the kinds of the columns",
        )
    return Contents(_columns(named, typed), rows, len(rejected), (*raw.notes, *_notes(typed)))


def sketch(connection: "duckdb.DuckDBPyConnection", raw: Raw, reading: Reading, rows: int) -> Sketch:
    """The first `rows` rows of `raw` as text, with kinds and rejects of everything staged."""
    named = names.clean(raw.names)
    clean_cells(connection, len(named), reading.missing or ())
    typed = decide(connection, [name for name, _ in named], reading, {}, raw.declared)
    total = connection.execute("SELECT count(*) FROM cells").fetchall()[0][0]
    misfits = _misfits(connection, named, typed)
    if raw.complete:
        misfits += totals.take_out(connection, [name for name, _ in named], typed, _fits(typed))
    shown = _first(connection, typed, rows)
    seen = total + len(raw.rejected)
    rejected = sorted([*raw.rejected, *misfits], key=lambda row: row.line)
    return Sketch(
        _columns(named, typed),
        shown,
        seen,
        rejected,
        (*raw.notes, *_notes(typed)),
        raw.complete,
    )


def _first(connection: "duckdb.DuckDBPyConnection", typed: Sequence[Typed], rows: int) -> list[list[str]]:
    """The cells of the first readable rows as text."""
    values = [f"coalesce(CAST({_shown(column)} AS VARCHAR), '')" for column in typed]
    places = connection.execute(f"SELECT rowid FROM cells WHERE {_fits(typed)} LIMIT {rows}").fetchall()
    wanted = ", ".join(str(place) for (place,) in places) or "-1"
    found: list[list[str]] = [[] for _ in places]
    for at in range(0, len(values), WIDE):
        some = ", ".join(values[at : at + WIDE])
        cells = connection.execute(
            f"SELECT {some} FROM cells WHERE rowid IN ({wanted}) ORDER BY rowid"
        ).fetchall()
        for row, more in zip(found, cells, strict=True):
            row.extend(more)
    return found


def _shown(column: Typed) -> str:
    return f"CAST({column.value} AS {column.stored})" if column.stored else column.value


def _notes(typed: Sequence[Typed]) -> tuple[str, ...]:
    return tuple(column.note for column in typed if column.note)


def _columns(named: Sequence[tuple[str, str]], typed: Sequence[Typed]) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, kind=column.kind, title=title, marks=column.marks)
        for (name, title), column in zip(named, typed, strict=True)
    )


def _fits(typed: Sequence[Typed]) -> str:
    checks = [f"NOT {column.misfit}" for column in typed if column.bad]
    return " AND ".join(checks) or "true"


def _misfits(
    connection: "duckdb.DuckDBPyConnection", named: Sequence[tuple[str, str]], typed: Sequence[Typed]
) -> list[RejectedRow]:
    """Rows with a cell that is not of its column's kind; the first such cell is named."""
    bad = [place for place, column in enumerate(typed) if column.bad]
    if not bad:
        return []
    which = " ".join(f"WHEN {typed[place].misfit} THEN {place}" for place in bad)
    cell = " ".join(f"WHEN {typed[place].misfit} THEN {typed[place].cell}" for place in bad)
    row = ", ".join(f"c{place + 1}" for place in range(min(len(typed), 50)))
    found = connection.execute(
        f"SELECT line, CASE {which} END, CASE {cell} END, left(concat_ws({literal(', ')}, {row}), {SHOWN}) "
        f"FROM cells WHERE NOT ({_fits(typed)})"
    ).fetchall()
    return [
        RejectedRow(
            line=line,
            column=named[place][0],
            reason=f'"{word[:100]}" is not {WORDS[typed[place].kind]}',
            text=text,
        )
        for line, place, word, text in found
    ]


def _write_rows(
    connection: "duckdb.DuckDBPyConnection", wanted: Sequence[str], typed: Sequence[Typed], path: Path
) -> int:
    """Stream the readable rows into Parquet under the columns' real names, in the order of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    batch = max(100, min(BATCH, CELLS_OF_A_BATCH // max(1, len(typed))))
    schema, blocks = (_by_columns if len(typed) > VERY_WIDE else _whole)(connection, typed, batch)
    whole = [column.stored == "BIGINT" for column in typed]
    fields = [
        field.with_type(pa.int64()) if exact else field for field, exact in zip(schema, whole, strict=True)
    ]
    schema = pa.schema([field.with_name(name) for field, name in zip(fields, wanted, strict=True)])
    rows = 0
    repeating = [field.name for field in schema if not pa.types.is_floating(field.type)]
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeating) as writer:
        for block in blocks:
            arrays = [column.cast(field.type) for column, field in zip(block.columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema), row_group_size=batch)
            rows += block.num_rows
    return rows


def _whole(
    connection: "duckdb.DuckDBPyConnection", typed: Sequence[Typed], batch: int
) -> tuple[Any, Iterable[Any]]:
    """(Arrow schema, record batches) of the readable rows."""
    values = ", ".join(f"{column.value} AS v{place}" for place, column in enumerate(typed))
    reader: Any = connection.sql(f"SELECT {values} FROM cells WHERE {_fits(typed)}").to_arrow_reader(batch)
    return reader.schema, reader


def _by_columns(
    connection: "duckdb.DuckDBPyConnection", typed: Sequence[Typed], batch: int
) -> tuple[Any, Iterable[Any]]:
    """The same of a very wide table: some columns in each query, which planning takes the square of, and some rows.

    The rows that cannot be read are removed from `cells`.
    """
    import pyarrow as pa

    if _fits(typed) != "true":
        connection.execute(f"DELETE FROM cells WHERE NOT ({_fits(typed)})")
    last = connection.execute("SELECT max(rowid) FROM cells").fetchall()[0][0]
    values = [f"{column.value} AS v{place}" for place, column in enumerate(typed)]

    def block(start: int) -> Any:
        rows = f"rowid >= {start} AND rowid < {start + batch}"
        tables = [
            connection.sql(
                f"SELECT {', '.join(values[at : at + WIDE])} FROM cells WHERE {rows}"
            ).to_arrow_table()
            for at in range(0, len(values), WIDE)
        ]
        columns = [column.combine_chunks() for table in tables for column in table.columns]
        names = [name for table in tables for name in table.column_names]
        return pa.RecordBatch.from_arrays(columns, names)

    return block(0).schema, map(block, range(0, -1 if last is None else last + 1, batch))


def write_rejected(rejected: Sequence[RejectedRow], folder: Path) -> None:
    """Write folder/rejected.parquet, in the order given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [("line", pa.int64()), ("column", pa.string()), ("reason", pa.string()), ("text", pa.string())]
    )
    rows = [row.model_dump() for row in rejected]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "rejected.parquet", compression="zstd")
