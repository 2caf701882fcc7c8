"""Workbooks of Excel and LibreOffice, read with calamine (a tenth of the time and memory of openpyxl)."""

import mmap
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.core.dataset import Kind, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, dialect, numerals, sheet_columns
from clipviz.datasets.formats.base import Format
from clipviz.datasets.header import MISSING, joined, rows_of_names, title_lines
from clipviz.datasets.staging import Raw, fill

if TYPE_CHECKING:
    import duckdb

MOST_COLUMNS = 20_000
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
OPENDOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
WORKBOOK_LIMITS = archives.Limits(members=20_000, unpacked=2_000_000_000)


class Excel(Format):
    """One sheet of a workbook; the whole sheet is held in memory, so it is read in a process of its own."""

    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
    title: ClassVar[str] = "Workbook"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return head.startswith(COMPOUND) or (archives.is_zip(head) and _is_workbook(path))

    def choices(self, path: Path) -> dict[str, list[str]]:
        return {"sheet": _sheet_names(path)}

    def guess(self, path: Path, given: Reading) -> Reading:
        names = _sheet_names(path)
        sheet = given.sheet
        if sheet is not None and sheet not in names:
            raise UnreadableFile(
                "The sheet must be one of the workbook", repr(sheet), f"Pick one of {', '.join(names)}"
            )
        sheet, sample = _first_table(path, [sheet] if sheet else names)
        skip = given.skip
        if skip is None:
            skip = title_lines([_once(row) for row in sample[:100]], len(sample[0]) if sample else 0) or None
        sample = sample[skip or 0 :]
        header = dialect.guess_header(sample) if given.header is None else given.header
        rows = given.header_rows
        if header and rows is None:
            found = rows_of_names(sample[:100])
            rows = found if found > 1 else None
        decimal, thousands = _marks_of_words(_sheet(path, sheet))
        decimal = given.decimal or decimal
        return Reading(
            format="excel",
            decimal=decimal,
            thousands=given.thousands
            if given.thousands is not None
            else thousands
            if thousands != decimal
            else "",
            header=header,
            skip=skip,
            sheet=sheet,
            header_rows=rows if header else None,
            date_order=given.date_order,
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
        above = sum(1 for _ in islice(filled, reading.skip or 0))
        count = (reading.header_rows or 1) if reading.header else 0
        header = [cells for _, cells in islice(filled, count)]
        native: dict[int, Kind] = {}
        if rows is None and not _merged(sheet):
            written, native = sheet_columns.stage(
                connection, folder, sheet.iter_rows(), above + count, width, reading, _text
            )
        else:
            written = fill(connection, folder, filled if rows is None else islice(filled, rows), width)
        if written == 0:
            raise UnreadableFile(
                "A table needs at least one row of values",
                "only a header row" if header else "an empty sheet",
                "Choose another sheet, or say that the first row holds values",
            )
        complete = rows is None or next(filled, None) is None
        merged = len(_merged(sheet))
        _parsed.cache_clear()
        notes = []
        if above:
            notes.append(f"The table begins below {above:,} {'row' if above == 1 else 'rows'} of text.")
        if merged:
            notes.append(f"{merged:,} merged cells: each value stands in all of its cells.")
        return Raw(joined(header, width), notes=tuple(notes), complete=complete, native=native)


def _is_workbook(path: Path) -> bool:
    """True for a zip that holds the parts of a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            opendocument = "mimetype" in names and archive.getinfo("mimetype").file_size < 200
            return bool(names & set(PARTS)) or (
                opendocument and archive.read("mimetype").startswith(OPENDOCUMENT)
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return True  # damaged: said by whoever opens it


def _workbook(path: Path) -> Any:
    """The opened workbook; raises UnreadableFile for anything that is not one, or would unpack to too much."""
    import python_calamine

    with path.open("rb") as stream:
        head = stream.read(8)
        if head.startswith(COMPOUND):
            _refuse_locked(path)
        else:
            _check_whole(path)
            with archives.open_zip(path, "the workbook", WORKBOOK_LIMITS) as archive:
                _refuse_locked_parts(archive)
        try:
            stream.seek(0)
            return python_calamine.CalamineWorkbook.from_filelike(stream)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise _damaged(error) from error


def _check_whole(path: Path) -> None:
    try:
        zipfile.ZipFile(path).close()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            "A workbook must be a whole .xlsx file, an archive a whole .zip file",
            str(error)[:200],
            "Open it and save it again, or copy it again",
        ) from error


def _refuse_locked(path: Path) -> None:
    """Refuse a compound file that is an encrypted workbook: its directory names the encrypted package."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise _locked()


def _refuse_locked_parts(archive: archives.Archive) -> None:
    manifest = next((each for each in archive.members if each.name == "META-INF/manifest.xml"), None)
    if manifest is not None and b"encryption-data" in archive.read(manifest.name, 10_000_000):
        raise _locked()


def _locked() -> UnreadableFile:
    return UnreadableFile(
        "A workbook must not ask for a password",
        "an encrypted one",
        "Open it, take the password away, save it and upload that",
    )


def _damaged(error: BaseException) -> UnreadableFile:
    return UnreadableFile("The workbook is damaged", str(error)[:200], "Open it in Excel and save it again")


def _sheet_names(path: Path) -> list[str]:
    names = [str(name) for name in _workbook(path).sheet_names]
    if not names:
        raise UnreadableFile("A workbook must hold a sheet", "none", "Add a sheet with a table")
    return names


def _sheet(path: Path, name: str) -> Any:
    """One sheet; the last one is kept, for it is looked at several times and parsing is most of the work."""
    known = path.stat()
    return _parsed(path, name, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=1)
def _parsed(path: Path, name: str, size: int, changed: int) -> Any:
    import python_calamine

    workbook = _workbook(path)
    try:
        return workbook.get_sheet_by_name(name)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error


def _first_table(path: Path, names: Sequence[str]) -> tuple[str, list[list[str]]]:
    """The first sheet that looks like a table, with its first rows: two rows of two cells at least. Where none does,
    the first one that holds rows; the first sheet when all are empty."""
    filled: list[tuple[str, list[list[str]]]] = []
    for name in names:
        sample = [cells for _, cells in islice(_filled_rows(_sheet(path, name), "."), dialect.SAMPLE_LINES)]
        if sum(sum(map(bool, row)) > 1 for row in sample) > 1:
            return name, sample
        filled += [(name, sample)] if len(sample) > 1 else []
    return filled[0] if filled else (names[0], sample if len(names) == 1 else [])


def _once(row: list[str]) -> list[str]:
    """A row that says one thing in all of its cells, as merged titles do, says it in its first cell."""
    said = set(filter(None, row))
    return [said.pop(), *[""] * (len(row) - 1)] if len(said) == 1 and row[0] else row


def _marks_of_words(sheet: Any) -> tuple[numerals.Decimal, numerals.Thousands]:
    """The decimal and the thousands mark of numbers that were typed as words."""
    rows = list(islice(sheet.iter_rows(), dialect.SAMPLE_LINES))
    places = range(max(map(len, rows), default=0))
    return numerals.guess(
        [row[place] for row in rows if len(row) > place and isinstance(row[place], str)] for place in places
    )


def _filled_rows(sheet: Any, decimal: str) -> Iterator[tuple[int, list[str]]]:
    """(row number in the sheet, cells as text) of each row that is not blank; a merged cell fills its places."""
    _, left = sheet.start or (0, 0)
    waiting = sorted(_merged(sheet), reverse=True)
    open_spans: list[tuple[int, int, int, str]] = []  # last row, first and last cell, value
    for place, row in enumerate(sheet.iter_rows()):
        cells = [_text(cell, decimal) for cell in row]
        open_spans = [span for span in open_spans if span[0] >= place]
        while waiting and waiting[-1][0][0] <= place:
            (_, begin), (last, end) = waiting.pop()
            if 0 <= begin - left < len(cells):
                open_spans.append((last, begin - left, min(end - left + 1, len(cells)), cells[begin - left]))
        for _, begin, end, value in open_spans:
            cells[begin:end] = [value] * (end - begin)
        if any(cells):
            yield place + 1, cells


def _merged(sheet: Any) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """((first row, first column), (last row, last column)) of each merged range, from 0."""
    return list(getattr(sheet, "merged_cell_ranges", None) or [])


def _text(cell: Any, decimal: str) -> str:
    if isinstance(cell, float):
        text = repr(cell)
        if text.endswith(".0") and abs(cell) < 2**53:
            return text[:-2] if cell else "0"
        return text if decimal == "." else text.replace(".", decimal)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        return _text(cell.total_seconds(), decimal)
    return str(cell).strip()
