"""Excel workbooks, read with calamine (a tenth of the time and memory of openpyxl)."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import dialect
from clipviz.datasets.formats.base import Format
from clipviz.datasets.formats.delimited import MISSING
from clipviz.datasets.staging import Raw, literal

if TYPE_CHECKING:
    import duckdb

LARGEST_UNPACKED = 2_000_000_000
BLOCK = 10_000
MOST_COLUMNS = 20_000


class Excel(Format):
    """One sheet of a workbook; the whole sheet is held in memory, so it is read in a process of its own."""

    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm")
    title: ClassVar[str] = "Excel workbook"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return head.startswith(b"PK\x03\x04")

    def guess(self, path: Path, given: Reading) -> Reading:
        names = _sheet_names(path)
        sheet = given.sheet
        if sheet is not None and sheet not in names:
            raise UnreadableFile(
                "The sheet must be one of the workbook", repr(sheet), f"Pick one of {', '.join(names)}"
            )
        header = given.header
        if sheet is None or header is None:
            sheet, sample = _first_filled(path, [sheet] if sheet else names)
            if header is None:
                header = dialect.guess_header(sample)
        return Reading(
            format="excel",
            decimal=given.decimal or ".",
            thousands=given.thousands or "",
            header=header,
            sheet=sheet,
            missing=MISSING if given.missing is None else given.missing,
        )

    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        sheet = _sheet(path, reading.sheet or "")
        width = int(sheet.width)
        if width > MOST_COLUMNS:
            raise UnreadableFile(
                f"A table may have at most {MOST_COLUMNS:,} columns", f"{width:,}", "Cut the sheet"
            )
        filled = _filled_rows(sheet, reading.decimal or ".")
        header = next(filled, (0, []))[1] if reading.header else []
        written = _fill(connection, folder, filled if rows is None else islice(filled, rows), width)
        if written == 0:
            raise UnreadableFile(
                "A table needs at least one row of values",
                "only a header row" if header else "an empty sheet",
                "Choose another sheet, or say that the first row holds values",
            )
        complete = rows is None or next(filled, None) is None
        return Raw(tuple([*header, *[""] * width][:width]), complete=complete)


def _workbook(path: Path) -> Any:
    """The opened workbook; raises UnreadableFile for anything that is not one, or would unpack to too much."""
    import python_calamine

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile(
            "A workbook must be a whole .xlsx file", str(error)[:200], "Open it in Excel and save it again"
        ) from error
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(
            "The file must be a text table or a workbook",
            "another archive",
            "Unpack it and upload the table inside",
        )
    if size > LARGEST_UNPACKED:
        raise UnreadableFile(
            "A workbook may unpack to at most 2 GB", f"{size:,} bytes", "Save the sheet as .csv"
        )
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error


def _damaged(error: BaseException) -> UnreadableFile:
    return UnreadableFile("The workbook is damaged", str(error)[:200], "Open it in Excel and save it again")


def _sheet_names(path: Path) -> list[str]:
    names = [str(name) for name in _workbook(path).sheet_names]
    if not names:
        raise UnreadableFile("A workbook must hold a sheet", "none", "Add a sheet with a table")
    return names


def _sheet(path: Path, name: str) -> Any:
    import python_calamine

    workbook = _workbook(path)
    try:
        return workbook.get_sheet_by_name(name)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error


def _first_filled(path: Path, names: Sequence[str]) -> tuple[str, list[list[str]]]:
    """The first sheet that holds rows, with its first rows; the first sheet when all are empty."""
    for name in names:
        sample = [cells for _, cells in islice(_filled_rows(_sheet(path, name), "."), dialect.SAMPLE_LINES)]
        if sample:
            return name, sample
    return names[0], []


def _filled_rows(sheet: Any, decimal: str) -> Iterator[tuple[int, list[str]]]:
    """(row number in the sheet, cells as text) of each row that is not blank."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell, decimal) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: Any, decimal: str) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
        return text.replace(".", decimal)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell).strip()


def _fill(
    connection: "duckdb.DuckDBPyConnection",
    folder: Path,
    rows: Iterator[tuple[int, list[str]]] | Any,
    width: int,
) -> int:
    """Fill `raw` through a Parquet file, block by block; gives the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"c{place}" for place in range(1, width + 1)]
    schema = pa.schema([("line", pa.int64()), *[(name, pa.string()) for name in names]])
    path, written = folder / "cells.parquet", 0
    with pq.ParquetWriter(path, schema) as writer:
        while block := list(islice(rows, BLOCK)):
            padded = [[*cells, *[""] * width][:width] for _, cells in block]
            columns = list(zip(*padded, strict=True))
            writer.write_batch(
                pa.RecordBatch.from_arrays(
                    [
                        pa.array([line for line, _ in block], pa.int64()),
                        *[pa.array(c, pa.string()) for c in columns],
                    ],
                    schema=schema,
                )
            )
            written += len(block)
    connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_parquet({literal(str(path))})")
    return written
