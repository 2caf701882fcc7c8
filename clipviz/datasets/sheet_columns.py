"""The cells of a sheet column by column: columns of nothing but numbers stay numbers, the others become text."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipviz.core.dataset import Kind, Reading
from clipviz.datasets.numerals import LARGEST_WHOLE
from clipviz.datasets.staging import lay

if TYPE_CHECKING:
    import duckdb

NUMBERS = {float, int}


def stage(
    connection: "duckdb.DuckDBPyConnection",
    folder: Path,
    rows: Iterable[Sequence[Any]],
    skip: int,
    width: int,
    reading: Reading,
    text: Callable[[Any, str], str],
) -> tuple[int, dict[int, Kind]]:
    """Fill `raw` from the rows of a sheet but blank ones and the first `skip` others; "" is an empty cell.

    Gives the number of rows, and for each column that is numbers throughout whether they are whole. text: a cell as
    text, with the decimal mark of the reading.
    """
    import pyarrow as pa

    decimal = reading.decimal or "."
    numbered = [(line, row) for line, row in zip(count(1), rows) if not _blank(row)][skip:]
    if not numbered:
        return 0, {}
    spoken = any(
        _number(word) is not None for word in reading.missing or ()
    )  # a number may stand for "missing"
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
    lay(connection, folder, [line for line, _ in numbered], columns)
    return len(numbered), native


def _blank(row: Sequence[Any]) -> bool:
    return not any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row)


def _numbers(cells: Sequence[Any]) -> tuple[Kind, Any] | None:
    """("integer" or "number", doubles with nulls) where every cell is a number or empty and one is a number."""
    import pyarrow as pa
    import pyarrow.compute as pc

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
    if not pc.all(pc.is_finite(array)).as_py() or pc.max(pc.abs(array)).as_py() >= LARGEST_WHOLE:
        return None
    whole = pc.all(pc.equal(array, pc.trunc(array))).as_py()
    return "integer" if whole else "number", array


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None
