"""Workbooks of Excel and LibreOffice, read with calamine: plain tables by whole columns, all others cell by cell."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.core.dataset import Kind, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import dialect, numerals, plain_sheets, sheet_columns, workbooks
from clipviz.datasets.formats.base import Format
from clipviz.datasets.header import MISSING, joined, rows_of_names, title_lines
from clipviz.datasets.sheet_columns import text
from clipviz.datasets.staging import Raw, fill

if TYPE_CHECKING:
    import duckdb

MOST_COLUMNS = 20_000
EARLY = 5
"""Tables of a workbook that are compared, where none is chosen."""
MANY_TIMES = 10
"""How many times the rows of the first table make another one the table that is meant."""


class Excel(Format):
    """One sheet of a workbook; the whole sheet is held in memory, so it is read in a process of its own."""

    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
    title: ClassVar[str] = "Workbook"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return workbooks.recognises(head, path)

    def choices(self, path: Path) -> dict[str, list[str]]:
        shown, hidden = workbooks.sheet_names(path)
        return {"sheet": [*shown, *hidden]}

    def guess(self, path: Path, given: Reading) -> Reading:
        shown, hidden = workbooks.sheet_names(path)
        names, sheet = [*shown, *hidden], given.sheet
        if sheet is not None and sheet not in names:
            raise UnreadableFile(
                "The sheet must be one of the workbook", repr(sheet), f"Pick one of {', '.join(names)}"
            )
        sheet, sample = _largest_table(path, [sheet]) if sheet else _table(path, shown, hidden)
        skip = given.skip
        if skip is None:
            skip = title_lines([_once(row) for row in sample[:100]], len(sample[0]) if sample else 0) or None
        sample = sample[skip or 0 :]
        header = dialect.guess_header(sample) if given.header is None else given.header
        rows = given.header_rows
        if header and rows is None:
            found = rows_of_names(sample[:100])
            rows = found if found > 1 else None
        decimal, thousands = _marks_of_words(path, sheet)
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
        plain = plain_sheets.find(path, reading.sheet or "")
        if plain is not None and _fits(reading):
            native, complete = plain.stage(connection, reading, rows)
            plain_sheets.forget()
            return Raw(joined([plain.names], len(plain.names)), complete=complete, native=native)
        return _cell_by_cell(workbooks.sheet(path, reading.sheet or ""), reading, folder, connection, rows)


def _fits(reading: Reading) -> bool:
    """True where a plain table is to be read the way it is taken: names first, numbers as they are."""
    named = bool(reading.header) and not reading.skip and reading.header_rows in (None, 1)
    words = set(reading.missing or ()) >= plain_sheets.WORDS_OF_MISSING
    return named and words and reading.decimal in (None, ".")


def _cell_by_cell(
    sheet: Any, reading: Reading, folder: Path, connection: "duckdb.DuckDBPyConnection", rows: int | None
) -> Raw:
    """Any sheet; a merged cell fills its places."""
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
        written, native = sheet_columns.stage(connection, sheet.iter_rows(), above + count, width, reading)
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
    workbooks.forget()
    notes = []
    if above:
        notes.append(f"The table begins below {above:,} {'row' if above == 1 else 'rows'} of text.")
    if merged:
        notes.append(f"{merged:,} merged cells: each value stands in all of its cells.")
    return Raw(joined(header, width), notes=tuple(notes), complete=complete, native=native)


def _table(path: Path, shown: Sequence[str], hidden: Sequence[str]) -> tuple[str, list[list[str]]]:
    """The sheet to read where none is chosen, with its first rows: a hidden one only where no other holds rows."""
    name, sample = _largest_table(path, shown) if shown else ("", [])
    return _largest_table(path, hidden) if hidden and len(sample) < 2 else (name, sample)


def _largest_table(path: Path, names: Sequence[str]) -> tuple[str, list[list[str]]]:
    """The first sheet that looks like a table (two rows of two cells at least), with its first rows; a later one where
    that has ten times the rows. Where none does, the first one that holds rows; the first sheet when all are empty."""
    tables: list[tuple[str, list[list[str]]]] = []
    filled: list[tuple[str, list[list[str]]]] = []
    for name in names:
        sample = _first_rows(path, name)
        if sum(sum(map(bool, row)) > 1 for row in sample) > 1:
            tables += [(name, sample)]
        filled += [(name, sample)] if len(sample) > 1 else []
        if len(tables) == EARLY or (tables and MANY_TIMES * len(tables[0][1]) > dialect.SAMPLE_LINES):
            break
    longest = max((len(sample) for _, sample in tables), default=0)
    found = [each for each in tables if MANY_TIMES * len(each[1]) > longest] or filled
    return found[0] if found else (names[0], sample if len(names) == 1 else [])


def _first_rows(path: Path, name: str) -> list[list[str]]:
    plain = plain_sheets.find(path, name)
    if plain is not None:
        return plain.rows(dialect.SAMPLE_LINES)
    cells = _filled_rows(workbooks.sheet(path, name), ".")
    return [row for _, row in islice(cells, dialect.SAMPLE_LINES)]


def _once(row: list[str]) -> list[str]:
    """A row that says one thing in all of its cells, as merged titles do, says it in its first cell."""
    said = set(filter(None, row))
    return [said.pop(), *[""] * (len(row) - 1)] if len(said) == 1 and row[0] else row


def _marks_of_words(path: Path, name: str) -> tuple[numerals.Decimal, numerals.Thousands]:
    """The decimal and the thousands mark of numbers that were typed as words."""
    if plain_sheets.find(path, name) is not None:
        return ".", ""
    rows = list(islice(workbooks.sheet(path, name).iter_rows(), dialect.SAMPLE_LINES))
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
        cells = [text(cell, decimal) for cell in row]
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
