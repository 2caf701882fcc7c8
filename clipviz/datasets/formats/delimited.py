"""Text tables: cells separated by a comma, semicolon, tab, bar or space."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clipviz.core.dataset import Kind, Reading, RejectedRow
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import dialect, encodings, lines, numerals
from clipviz.datasets.formats.base import Format
from clipviz.datasets.header import (
    MISSING,
    comment_mark,
    fitted,
    joined,
    misfit_names,
    rows_of_names,
    title_lines,
)
from clipviz.datasets.staging import Contents, Raw, literal

if TYPE_CHECKING:
    import duckdb

MOST_COLUMNS = 20_000
SAMPLE_CELLS = 100_000


class Delimited(Format):
    """Comma-separated values and their kin; read by DuckDB as text once dialect and records are settled here."""

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt")
    title: ClassVar[str] = "Text table"
    general: ClassVar[bool] = True

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return encodings.looks_like_text(head)

    def guess(self, path: Path, given: Reading) -> Reading:
        with path.open("rb") as stream:
            if not encodings.looks_like_text(stream.read(1 << 16)):
                raise UnreadableFile(
                    "The file must be a text table",
                    "binary data",
                    "Save the table as .csv or .xlsx and upload that",
                )
        encoding = encodings.check(given.encoding) if given.encoding else encodings.guess(path)
        if given.delimiter is not None:
            _check_delimiter(given.delimiter)
        try:
            top = dialect.sample_lines(path, encoding)
        except UnicodeError as error:
            raise UnreadableFile(
                f"The file is not written in {encoding}", str(error)[:200], "Choose another encoding"
            ) from error
        comment = comment_mark(top, given.delimiter) or None if given.comment is None else given.comment
        top = without_comments(top, comment)
        everything = dialect.guess(top, given.delimiter, False)
        skip = given.skip
        if skip is None:
            skip = title_lines(everything.sample, everything.width) or None
        top = top[skip or 0 :]
        found = dialect.guess(top, everything.delimiter, given.header)
        names = given.header_rows
        if found.header and names is None:
            counted = rows_of_names(dialect.guess(top[:100], found.delimiter, False).sample)
            names = counted if counted > 1 else None
        sample = found.sample[:: max(1, len(found.sample) * found.width // SAMPLE_CELLS)]
        columns = [[row[place] for row in sample if len(row) > place] for place in range(found.width)]
        decimal, thousands = numerals.guess(columns)
        decimal = given.decimal or decimal
        if given.thousands is not None:
            thousands = given.thousands
        return Reading(
            format="delimited",
            delimiter=found.delimiter,
            decimal=decimal,
            thousands="" if thousands == decimal and given.thousands is None else thousands,
            encoding=encoding,
            header=found.header,
            missing=MISSING if given.missing is None else given.missing,
            comment=comment,
            skip=skip,
            header_rows=names if found.header else None,
            date_order=given.date_order,
        )

    def read(
        self, path: Path, reading: Reading, folder: Path, overrides: dict[str, Kind], memory_mb: int = 2000
    ) -> Contents:
        from clipviz.datasets.bulk import read as bulk
        from clipviz.datasets.bulk.stretches import NotPlainError

        if bulk.suits(path, reading):
            with suppress(NotPlainError):
                return bulk.read(path, reading, folder, overrides, memory_mb)
        return super().read(path, reading, folder, overrides, memory_mb)

    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        encoding, delimiter, header = (
            reading.encoding or "utf-8",
            reading.delimiter or ",",
            bool(reading.header),
        )
        top = without_comments(dialect.sample_lines(path, encoding), reading.comment)
        layout = lines.Layout(
            delimiter, reading.comment or "", reading.skip or 0, (reading.header_rows or 1) if header else 0
        )
        found = dialect.guess(top[layout.skip + max(0, layout.names - 1) :], delimiter, header)
        if found.width > MOST_COLUMNS:
            raise UnreadableFile(
                f"A table may have at most {MOST_COLUMNS:,} columns",
                f"{found.width:,}",
                "Choose another delimiter",
            )
        records = folder / "records.csv"
        copied = lines.copy(path, records, encoding, layout, found.width, rows)
        if not copied.records and not copied.rejected:
            raise UnreadableFile(
                "A table needs at least one row of values",
                "only a header row" if copied.header else "no rows",
                "Add rows, or say that the first row holds values"
                if copied.header
                else "Upload a file with rows",
            )
        if not copied.records:
            first = copied.rejected[0]
            raise UnreadableFile(
                "At least one row must be readable",
                f"{len(copied.rejected):,} rows, none readable; line {first.line}: {first.reason}",
                "Check the quotes, the delimiter and the encoding",
            )
        rejected = _load(connection, records, delimiter, found.width)
        read = connection.execute("SELECT count(*) FROM raw").fetchall()[0][0]
        if read + len(rejected) != copied.records:
            raise UnreadableFile(
                "Every row must be either read or rejected",
                f"{copied.records:,} rows, {read} read",
                "Report this file",
            )
        if copied.header:
            copied.header[-1] = fitted(copied.header[-1], found.sample, found.width)
        notes = _notes(copied, found.width)
        names = joined(copied.header, found.width) if header else ("",) * found.width
        everything = sorted([*copied.rejected, *rejected], key=lambda row: row.line)
        return Raw(names, everything, notes, copied.complete)


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'\r\n.+-_\0":
        raise UnreadableFile(
            "The delimiter must be one character that is not part of a value",
            repr(delimiter),
            "Use a comma, semicolon, tab, bar, space, ^, ~ or :",
        )


def without_comments(sample: list[str], comment: str | None) -> list[str]:
    """The lines that are no comments."""
    return [line for line in sample if not line.startswith(comment)] if comment else sample


def _notes(copied: lines.Copied, width: int) -> tuple[str, ...]:
    notes = []
    if copied.comments:
        notes.append(f"{copied.comments:,} comment lines were passed over.")
    if copied.skipped:
        lines_above = "line" if copied.skipped == 1 else "lines"
        notes.append(f"The table begins below {copied.skipped:,} {lines_above} of text.")
    if copied.empty:
        notes.append(f"{copied.empty:,} rows of empty cells were passed over.")
    if len(copied.header) > 1:
        notes.append(f"Names were joined from {len(copied.header)} rows.")
    return (*notes, *misfit_names(copied.header[-1] if copied.header else (), width))


def _load(
    connection: "duckdb.DuckDBPyConnection", records: Path, delimiter: str, width: int
) -> list[RejectedRow]:
    """Fill `raw` from the clean records; the rows that have not `width` cells or broken quotes come back."""
    columns = ", ".join(["'line': 'BIGINT'", *[f"'c{place}': 'VARCHAR'" for place in range(1, width + 1)]])
    connection.execute(
        f"CREATE TABLE raw AS SELECT * FROM read_csv({literal(str(records))}, auto_detect = false, "
        f"columns = {{{columns}}}, delim = {literal(delimiter)}, quote = '\"', escape = '\"', header = false, "
        "new_line = '\\n', store_rejects = true, strict_mode = true, null_padding = false, "
        f"max_line_size = {lines.LONGEST_RECORD})"
    )
    errors = connection.execute(
        "SELECT line, error_type, error_message, csv_line FROM reject_errors"
    ).fetchall()
    found: dict[int, RejectedRow] = {}
    for record, kind, message, text in errors:
        head, _, rest = (text or "").lstrip("\r\n").partition(delimiter)
        line = int(head) if head.isascii() and head.isdecimal() else record
        text = rest.rstrip("\r\n")
        reason = _reason(kind, message, len(lines.parse(text, delimiter) or ()))
        found.setdefault(line, RejectedRow(line=line, reason=reason, text=text[: lines.SHOWN]))
    return list(found.values())


def _reason(kind: str, message: str, cells: int) -> str:
    """DuckDB's error in a user's words; the line number in front of each record is not counted.

    cells: of the row, 0 when its quotes do not add up; DuckDB stops counting at the first cell too many.
    """
    numbers = [int(number) for number in re.findall(r"(?:Columns|Found): (\d+)", message)]
    if len(numbers) == 2:
        return f"has {cells or numbers[1] - 1:,} cells instead of {numbers[0] - 1:,}"
    words = {
        "UNQUOTED VALUE": "a quoted cell goes on after its closing quote",
        "LINE SIZE OVER MAXIMUM": f"is longer than {lines.LONGEST_RECORD:,} characters",
        "INVALID ENCODING": "holds bytes that are no text",
    }
    return words.get(kind, message.splitlines()[0][:200] if message else kind.lower())
