"""One stretch of a text table, parsed: numbers as numbers, everything else as text, and what is neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import RejectedRow
from clipviz.datasets import lines
from clipviz.datasets.bulk.layout import Layout, cells_of, is_text, lay
from clipviz.datasets.bulk.stretches import NotPlainError, Stretch
from clipviz.datasets.numerals import number_sql

if TYPE_CHECKING:
    import pyarrow as pa

NULL = np.array([0x7FF8_0000_0000_0001], dtype=np.int64).view(np.float64)[0]
"""How an empty cell is told from the word nan: another NaN."""
TEXT_CELLS = 50
ATTEMPTS = 6
NO_NUMBER = re.compile(r"In CSV column #(\d+): (?:Row #\d+: )?CSV conversion error")


@dataclass(frozen=True)
class Plan:
    """How every stretch is read. numbers: whether each column is read as numbers. missing: missing-value words."""

    delimiter: str
    width: int
    missing: tuple[str, ...]
    numbers: tuple[bool, ...]


@dataclass(frozen=True)
class Misfit:
    """A cell of a number column that is no number: its row in the stretch, its line, its column, what the row says."""

    row: int
    line: int
    column: int
    word: str
    text: str


@dataclass(frozen=True)
class Parsed:
    """numbers: (N,) float64 by column, NULL where empty. words: pyarrow string columns by column."""

    rows: int
    numbers: dict[int, NDArray[np.float64]]
    words: dict[int, Any]
    rejected: list[RejectedRow] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)


def parse(stretch: Stretch, plan: Plan) -> Parsed:
    """The records of a stretch; raises NotPlainError for what is better read the careful way."""
    if b'\\"' in stretch.data:
        raise NotPlainError("quotes behind backslashes")
    void = plan.delimiter.encode() * (plan.width - 1)
    if (
        stretch.data.startswith((void + b"\n", void + b"\r"))
        or any(b"\n" + void + end in stretch.data for end in (b"\n", b"\r"))
        or stretch.data.endswith(b"\n" + void)
        or stretch.data == void
    ):
        raise NotPlainError("rows of empty cells")
    layout: Layout | None = None
    table: pa.Table | None = None
    worded: list[int] = []
    data = stretch.data
    blank = data[:1] in (b"\r", b"\n") or b"\n\n" in data or b"\r\n\r" in data  # Arrow takes each for a row
    if not (blank or b'"' in data or b"\0" in data or b"\x1a" in data) and is_text(data):
        table, worded = _table(data, plan)
    if table is None or len(table) != data.count(b"\n") or worded:
        layout = lay(stretch, plan.delimiter, plan.width)
        table, worded = _table(layout.data, plan) if layout.data else (_nothing(plan), [])
        if table is None or len(table) != len(layout.line):
            raise NotPlainError("records that are told apart in two ways")
    misfits: list[Misfit] = []
    for place in worded:
        assert layout is not None
        table, found = _cast(table, place, plan, layout)
        misfits += found
    numbers = {place: _filled(table.column(place)) for place, number in enumerate(plan.numbers) if number}
    words = {place: table.column(place) for place, number in enumerate(plan.numbers) if not number}
    return Parsed(len(table), numbers, words, layout.rejected if layout else [], misfits)


def _nothing(plan: Plan) -> "pa.Table":
    import pyarrow as pa

    columns = [pa.array([], pa.float64() if number else pa.string()) for number in plan.numbers]
    return pa.Table.from_arrays(columns, [f"c{place + 1}" for place in range(plan.width)])


def _table(data: bytes, plan: Plan) -> "tuple[pa.Table | None, list[int]]":
    """(the table, the number columns that were read as words because of a cell that is none); None for a row of
    another width."""
    import pyarrow as pa

    numbers = list(plan.numbers)
    for attempt in range(ATTEMPTS):
        try:
            table = _read(data, plan, numbers)
        except pa.ArrowInvalid as error:
            column = NO_NUMBER.search(str(error))
            if column is None:
                return None, []
            numbers[int(column.group(1))] = False
            if attempt == ATTEMPTS - 2:
                numbers = [False] * plan.width
        else:
            return table, [
                place for place, number in enumerate(plan.numbers) if number and not numbers[place]
            ]
    return None, []


def _read(data: bytes, plan: Plan, numbers: Sequence[bool]) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    names = [f"c{place}" for place in range(1, plan.width + 1)]
    kinds = [pa.float64() if number else pa.string() for number in numbers]
    return csv.read_csv(
        pa.py_buffer(data),
        read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
        parse_options=csv.ParseOptions(
            delimiter=plan.delimiter, newlines_in_values=b'"' in data, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, kinds, strict=True)),
            null_values=list(plan.missing),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )


def _filled(column: Any) -> NDArray[np.float64]:
    """(N,) float64, NULL for null."""
    chunks = [np.asarray(chunk.fill_null(NULL).to_numpy(zero_copy_only=False)) for chunk in column.chunks]
    return np.concatenate([np.empty(0), *chunks]) if len(chunks) != 1 else chunks[0]


def _cast(table: "pa.Table", place: int, plan: Plan, layout: Layout) -> "tuple[pa.Table, list[Misfit]]":
    """The table with a column of words cast by the careful way's own rule, and the cells that are no numbers."""
    import duckdb
    import pyarrow as pa
    import pyarrow.compute as pc

    absent = ("", *(word.strip() for word in plan.missing))
    trimmed = pc.utf8_trim(table.column(place), characters=" ")
    empty = pc.is_in(trimmed, pa.array(absent))
    words = pa.table({"x": pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)})
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.register("words", words)
        cast = (
            connection.sql(f"SELECT {number_sql('x', '.', '')} AS d FROM words").to_arrow_table().column("d")
        )
    there, read = words.column("x").is_valid().to_numpy(), cast.is_valid().to_numpy()
    misfits = []
    for row in np.flatnonzero(there & ~read).tolist():
        cells = (cell.strip(" ") for cell in cells_of(layout, row, plan.delimiter, TEXT_CELLS))
        text = ", ".join(cell for cell in cells if cell not in absent)[: lines.SHOWN]
        misfits.append(Misfit(row, int(layout.line[row]), place, words.column("x")[row].as_py(), text))
    return table.set_column(place, table.column_names[place], cast), misfits
