"""The rows of a text table or workbook as cells, one after another: for pixels and for lists of labels."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import dialect, encodings

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
LONGEST_CELL = 1_000_000
SAMPLE = 200


@dataclass(frozen=True)
class Spreadsheet:
    """A table in a file. header: names of its columns, () where it has none. width: cells of a usual row."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    width: int

    @property
    def is_workbook(self) -> bool:
        return not self.delimiter

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells as text) of each row that is not blank, without the header; raises UnreadableFile."""
        lines = _workbook(self.path, self.name) if self.is_workbook else _text(self)
        filled = ((line, cells) for line, cells in lines if any(cell.strip() for cell in cells))
        yield from islice(filled, 1 if self.header else 0, None)


def is_table(head: bytes) -> bool:
    """True for the first bytes of text or of a workbook."""
    return head.startswith(WORKBOOKS) or encodings.looks_like_text(head)


def open_table(path: Path, name: str, given: Reading) -> Spreadsheet:
    """The table of a file, its dialect guessed where `given` leaves it open; raises UnreadableFile."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if head.startswith(WORKBOOKS):
        sample = [cells for _, cells in islice(_workbook(path, name), SAMPLE) if any(cells)]
        named = dialect.guess_header(sample) if given.header is None else given.header
        width = max((len(cells) for cells in sample), default=0)
        return Spreadsheet(path, name, "", "", tuple(sample[0]) if named and sample else (), width)
    if not encodings.looks_like_text(head):
        raise UnreadableFile(
            "A table must be text or a workbook", f"binary data in {name}", "Save it as .csv or .xlsx"
        )
    encoding = encodings.check(given.encoding) if given.encoding else encodings.guess(path)
    try:
        lines = dialect.sample_lines(path, encoding)[:SAMPLE]
    except UnicodeError as error:
        raise UnreadableFile(
            f"The file is not written in {encoding}", f"{name}: {str(error)[:150]}", "Choose another encoding"
        ) from error
    if not lines:
        raise UnreadableFile("A table needs at least one row of values", f"none in {name}", "Add rows")
    found = dialect.guess(lines, given.delimiter, given.header)
    first = next(iter(csv.reader(lines[:1], delimiter=found.delimiter)), [])
    return Spreadsheet(
        path, name, encoding, found.delimiter, tuple(first) if found.header else (), max(found.width, 1)
    )


def _text(table: Spreadsheet) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    with table.path.open(encoding=table.encoding, errors="replace", newline="") as stream:
        start = stream.read(1)
        if start != "\ufeff":
            stream.seek(0)
        reader = csv.reader((line.replace("\0", "\ufffd") for line in stream), delimiter=table.delimiter)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise UnreadableFile(
                "A table must have rows of cells",
                f"{table.name}, line {reader.line_num}: {str(error)[:150]}",
                "Check the quotes and the delimiter",
            ) from error


def _workbook(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that has any; raises UnreadableFile."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheet_names:
            found = False
            for line, cells in enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), start=1):
                found = True
                yield line, [_cell(cell) for cell in cells]
            if found:
                return
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(
            "A workbook must be whole and without a password",
            f"{name}: {str(error)[:150]}",
            "Open it in Excel and save it again",
        ) from error


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip()


def column_named(header: Sequence[str], names: Sequence[str]) -> int | None:
    """The place of the first column that has one of these names, in any case."""
    plain = [name.strip().lower() for name in header]
    return next((plain.index(name) for name in names if name in plain), None)
