"""Sheets that are a plain table, names in the first row, read straight into Arrow columns: no object for any cell.

What is not certain to be the same table as cell by cell (merged cells, true and false, titles above, two columns of
one name, dates or fractions among words) is left to the general way; see `formats.excel`.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipviz.core.dataset import Kind, Reading
from clipviz.datasets import archives, workbooks
from clipviz.datasets.dialect import SAMPLE_LINES
from clipviz.datasets.header import DATE
from clipviz.datasets.numerals import guess, is_number
from clipviz.datasets.sheet_columns import exact_numbers, may_be_numbers, text
from clipviz.datasets.staging import lay

if TYPE_CHECKING:
    import duckdb

LEAST = 1_000_000
"""Bytes of a sheet's XML from which on it is worth looking for a plain table."""
BLOCK = 1 << 18
SHARED = "xl/sharedStrings.xml"
FIRST_ROW = re.compile(rb'<sheetData>\s*<row [^>]*?r="1"[^>]*>(.*?)</row>', re.DOTALL)
FILLED = re.compile(rb"<(?:v|t)[ >]")
CELL = re.compile(rb"<c[ >].*?(?=<c[ >]|$)", re.DOTALL)
OF_WORDS = re.compile(rb'<c(?=[ >])[^>]* t="(?:s|str|inlineStr)"')
WORDS_OF_MISSING = frozenset({"NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None"})
"""What fastexcel takes for an empty cell among numbers; so does a reading that knows all of them."""
ODD_WORDS = (b"#NA", b"#IND", b"#QNAN", b"#N/A N/A")
"""Others that it takes for empty and a reading does not."""
OUT_OF_THE_ORDINARY = ((b"g", b"mergeCell"), (b"b", b't="b"'))
"""What a plain sheet does not hold, each behind a byte of it that such a sheet seldom holds either."""
OVERLAP = 256
SECOND = re.compile(r"_\d+$")
STAMP = r"^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$"
ROUNDED = r"^-?(0|[1-9][0-9]*)(\.[0-9]{0,8}[1-9])?$"
"""How fastexcel writes a number of a column with words in it: to nine decimals, so that 1e-12 is 0."""


@dataclass(frozen=True)
class PlainSheet:
    """names: the first row, "" for a blank cell. columns: below it, an Arrow array each, of doubles or of words, null
    where a cell is empty."""

    names: tuple[str, ...]
    columns: tuple[Any, ...]

    def rows(self, count: int) -> list[list[str]]:
        """The names and the first rows below them that are not blank, as text."""
        shown = [column.slice(0, 2 * count).to_pylist() for column in self.columns]
        cells = ([_shown(cell) for cell in row] for row in zip(*shown, strict=True))
        return [list(self.names), *islice((row for row in cells if any(row)), count - 1)]

    def stage(
        self, connection: "duckdb.DuckDBPyConnection", reading: Reading, rows: int | None
    ) -> tuple[dict[int, Kind], bool]:
        """Fill `raw` with at most `rows` rows: (kinds of the columns of nothing but numbers, nothing is left)."""
        import pyarrow as pa

        lines, columns = self._filled()
        complete = rows is None or rows >= len(lines)
        lines, columns = lines[:rows], [column.slice(0, rows) for column in columns]
        native: dict[int, Kind] = {}
        for place, column in enumerate(columns):
            if not pa.types.is_floating(column.type):
                continue
            kind = None if rows is not None or may_be_numbers(reading.missing) else exact_numbers(column)
            if kind is None:
                columns[place] = pa.array([_shown(cell) for cell in column.to_pylist()], pa.string())
            else:
                native[place] = kind
        lay(connection, lines, columns)
        return native, complete

    def _filled(self) -> tuple[Any, list[Any]]:
        """(row numbers in the sheet, columns) of the rows that are not blank."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        lines = np.arange(2, len(self.columns[0]) + 2)
        if any(column.null_count == 0 for column in self.columns):
            return lines, list(self.columns)
        blank = np.ones(len(lines), dtype=bool)
        for column in self.columns:
            blank &= column.is_null().to_numpy(zero_copy_only=False)
        kept = pa.array(~blank)
        return lines[~blank], [pc.filter(column, kept) for column in self.columns]


def find(path: Path, name: str) -> PlainSheet | None:
    """The sheet, where it is a plain table of some size; the last one is kept, also that there is none."""
    known = path.stat()
    return _found(path, name, known.st_size, known.st_mtime_ns)


def forget() -> None:
    """Let go of the sheet that was found last."""
    _found.cache_clear()


@lru_cache(maxsize=1)
def _found(path: Path, name: str, size: int, changed: int) -> PlainSheet | None:
    with path.open("rb") as stream:
        if not archives.is_zip(stream.read(8)):
            return None
    with archives.open_zip(path, "the workbook", workbooks.LIMITS) as archive:
        part = workbooks.part_of(archive, name)
        if part is None or next(each for each in archive.members if each.name == part).size < LEAST:
            return None
        with ThreadPoolExecutor(1) as beside:
            parsing = beside.submit(_parsed, path, name)
            _warm()
            plain = _is_plain(archive, part)
            parsed = parsing.result()
        if not plain or parsed is None:
            return None
        names, places, batch = parsed
        columns = tuple(_typed(column) for column in batch.columns)
        if None in columns or _numbers_among_words(archive, part, places, batch.columns):
            return None
    return PlainSheet(names, columns)


def _warm() -> None:
    """Load what storing the table needs: it takes as long as parsing a large sheet, on the core that is free."""
    import duckdb  # noqa: F401
    import pyarrow.compute
    import pyarrow.parquet  # noqa: F401


def _parsed(path: Path, name: str) -> tuple[tuple[str, ...], tuple[int, ...], Any] | None:
    """The names of the first row, places of the columns in the sheet, and an Arrow batch of what lies below; None where
    they are no names, or a column mixes what has no one type."""
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(name, header_row=0, schema_sample_rows=None)
        batch = sheet.to_arrow()
    except fastexcel.FastExcelError:
        return None  # of damage the general way speaks
    about = sheet.available_columns()
    names = tuple(each.name.strip() if each.column_name_from == "looked_up" else "" for each in about)
    known = set(names)
    numbered = any(known & {name[: match.start()]} for name in names if (match := SECOND.search(name)))
    valued = any(is_number(name) or DATE.match(name) for name in names)
    if numbered or valued or not batch.num_rows or not any(names):
        return None
    return names, tuple(each.absolute_index for each in about), batch


def _is_plain(archive: archives.Archive, part: str) -> bool:
    """True for the XML of a sheet with words in its first row and nothing else, without merged cells and without truth
    values, in a workbook without odd words."""
    first = FIRST_ROW.search(archive.head(part, BLOCK))
    filled = [cell for cell in CELL.findall(first[1]) if FILLED.search(cell)] if first else []
    if not filled or not all(map(OF_WORDS.match, filled)):
        return False
    shared = [member.name for member in archive.members if member.name.lower() == SHARED.lower()]
    return not any(_holds(archive, name) for name in shared) and not _holds(
        archive, part, OUT_OF_THE_ORDINARY
    )


def _holds(archive: archives.Archive, part: str, marks: tuple[tuple[bytes, bytes], ...] = ()) -> bool:
    """True for a part with one of these marks or an odd word in it."""
    before = b""
    for block in archive.blocks(part, workbooks.LIMITS.unpacked):
        seen = before + block
        # a single byte is found ten times as fast as a word
        wanted = tuple(mark for byte, mark in marks if byte in seen)
        wanted += ODD_WORDS if b"#" in seen else ()
        wanted += (b"t='b'",) if b"'" in seen else ()
        if any(mark in seen for mark in wanted):
            return True
        before = block[-OVERLAP:]
    return False


def _numbers_among_words(
    archive: archives.Archive, part: str, places: Sequence[int], columns: Sequence[Any]
) -> bool:
    """True where a column of words may hold a cell that is a number, which has lost its digits on the way; numbers that
    were typed as words have not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    doubtful = "|".join(
        _letters(place)
        for place, column in zip(places, columns, strict=True)
        if column.type in (pa.string(), pa.large_string())
        and pc.any(pc.match_substring_regex(column, ROUNDED)).as_py()
    )
    if not doubtful:
        return False
    valued = re.compile(
        rf'<c r="(?:{doubtful})[0-9]+"(?:(?! t="(?:s|str|inlineStr)")[^>/])*>|<c(?! r=")[ >]'.encode()
    )
    before = b""
    for block in archive.blocks(part, workbooks.LIMITS.unpacked):
        seen = before + block
        if valued.search(seen):
            return True
        before = seen[-OVERLAP:]
    return False


def _letters(place: int) -> str:
    """The name of a column of a sheet by its place from 0: A, B, ..., Z, AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _typed(column: Any) -> Any:
    """Doubles as they are, all else as words; None where that may not be what the general way makes of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_floating(kind):
        return column
    if pa.types.is_duration(kind):
        return pa.array(
            [None if cell is None else text(cell, ".") for cell in column.to_pylist()], pa.string()
        )
    if pa.types.is_timestamp(kind):
        try:
            cells = column.to_pylist()
        except OverflowError:
            return None  # no day that Python knows
        if any(cell is not None and cell.year <= 1900 for cell in cells):
            return None  # times of day
        return pa.array([None if cell is None else _day(cell) for cell in cells], pa.string())
    if not pa.types.is_string(kind) and not pa.types.is_large_string(kind):
        return None
    words = pc.utf8_trim_whitespace(column.cast(pa.string()))
    words = pc.if_else(pc.equal(words, ""), None, words)
    sample = [cell for cell in words.slice(0, SAMPLE_LINES).to_pylist() if cell]
    if pc.any(pc.match_substring_regex(words, STAMP)).as_py() or guess([sample]) != (".", ""):
        return None
    return words


def _day(cell: datetime) -> str:
    return text(cell if cell.time() != time() else cell.date(), ".")


def _shown(cell: float | str | None) -> str:
    return "" if cell is None else text(cell, ".")
