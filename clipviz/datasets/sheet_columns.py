"""The cells of a sheet column by column: columns of nothing but numbers stay numbers, the others become text."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from clipviz.core.dataset import Kind, Reading
from clipviz.datasets.numerals import LARGEST_WHOLE
from clipviz.datasets.staging import lay

if TYPE_CHECKING:
    import duckdb

NUMBERS = {float, int}


def stage(
    connection: "duckdb.DuckDBPyConnection",
    rows: Iterable[Sequence[Any]],
    skip: int,
    width: int,
    reading: Reading,
) -> tuple[int, dict[int, Kind]]:
    """Fill `raw` from the rows of a sheet but blank ones and the first `skip` others; "" is an empty cell.

    Gives the number of rows, and for each column that is numbers throughout whether they are whole.
    """
    import pyarrow as pa

    decimal = reading.decimal or "."
    numbered = [(line, row) for line, row in zip(count(1), rows) if not _blank(row)][skip:]
    if not numbered:
        return 0, {}
    spoken = may_be_numbers(reading.missing)
    native: dict[int, Kind] = {}
    columns = []
    padded = [row if len(row) == width else [*row, *[""] * width][:width] for _, row in numbered]
    for place, cells in enumerate(zip(*padded, strict=True)):
        numbers = None if spoken else _numbers(cells)
        if numbers is None:
            columns.append(pa.array([text(cell, decimal) for cell in cells], pa.string()))
        else:
            native[place], array = numbers
            columns.append(array)
    lay(connection, [line for line, _ in numbered], columns)
    return len(numbered), native


def text(cell: Any, decimal: str) -> str:
    """A cell as text, without blanks around it; its numbers with this decimal mark, times as ISO 8601 writes them."""
    if isinstance(cell, float):
        written = repr(cell)
        if written.endswith(".0") and abs(cell) < 2**53:
            return written[:-2] if cell else "0"
        return written if decimal == "." else written.replace(".", decimal)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        return text(cell.total_seconds(), decimal)
    return str(cell).strip()


def may_be_numbers(missing: Sequence[str] | None) -> bool:
    """True where a number stands for "missing": then columns of numbers are to be looked at as words."""
    return any(_number(word) is not None for word in missing or ())


def exact_numbers(column: Any) -> Kind | None:
    """ "integer" or "number" for an Arrow array of doubles that are finite and exact, one at least; else None."""
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return None
    extremes = pc.min_max(column).as_py()
    if not max(abs(extremes["min"]), abs(extremes["max"])) < LARGEST_WHOLE:
        return None
    if pc.any(pc.is_nan(column)).as_py():
        return None
    return "integer" if pc.all(pc.equal(column, pc.trunc(column))).as_py() else "number"


def _blank(row: Sequence[Any]) -> bool:
    return not any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row)


def _numbers(cells: Sequence[Any]) -> tuple[Kind, Any] | None:
    """("integer" or "number", doubles with nulls) where every cell is a number or empty and one is a number."""
    import pyarrow as pa

    kinds = set(map(type, cells))
    if not kinds & NUMBERS or not kinds <= NUMBERS | {str}:
        return None
    if str in kinds:
        if any(cell for cell in cells if type(cell) is str):
            return None
        cells = [None if cell == "" else cell for cell in cells]
    try:
        array = pa.array(cells, pa.float64(), from_pandas=False)
    except (pa.ArrowInvalid, OverflowError):  # an integer that no double holds
        return None
    kind = exact_numbers(array)
    return None if kind is None else (kind, array)


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None
