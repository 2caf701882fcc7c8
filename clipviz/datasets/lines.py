"""From a text file in any encoding to clean records: one a row, each with the line where it stands.

DuckDB counts records, not lines; it stumbles over mixed line ends; and it lets one unclosed quote swallow the rest of
the file. So the records are found here, and each is written with its line number in front.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from clipviz.core.dataset import RejectedRow
from clipviz.core.errors import UnreadableFile

LONGEST_RECORD = 2_000_000
MOST_LINES_OF_A_RECORD = 2_000
SHOWN = 1_000
BLANKS = re.compile(r'"(?:[^"]|"")*"|[^\s"]+|"')


@dataclass(frozen=True)
class Layout:
    """comment: lines that begin with it are passed over, "" for none. skip: records above the table, blank lines and
    comments not counted. names: rows of names, 0 for none."""

    delimiter: str
    comment: str = ""
    skip: int = 0
    names: int = 0


@dataclass
class Copied:
    """header: cells of each row of names. records: rows written. empty: rows of empty cells, which are no rows.
    complete: the file ended. skipped, comments: lines above the table, comment lines."""

    header: list[list[str]] = field(default_factory=list)
    records: int = 0
    empty: int = 0
    skipped: int = 0
    comments: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    complete: bool = True


def open_text(path: Path, encoding: str) -> TextIO:
    """A text file with every kind of line end as a newline; bytes that are not UTF-8 become surrogates."""
    utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    if utf8:
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline=None)
    return path.open(encoding=encoding, errors="replace", newline=None)


def one_space(record: str, delimiter: str) -> str:
    """A record whose cells are set apart by blanks, however many, with one blank between them; others as they are."""
    if delimiter != " ":
        return record
    return " ".join(BLANKS.findall(record)) + "\n" * record.endswith("\n")


def _unescaped(record: str, delimiter: str, width: int) -> str:
    """A record with \\" in its quoted cells written with "" instead, where that gives it the usual width."""
    cells = parse(record, delimiter)
    if cells is not None and len(cells) == width:
        return record
    doubled = record.replace('\\"', '""')
    cells = parse(doubled, delimiter)
    return doubled if cells is not None and len(cells) == width else record


def parse(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record, or None when its quotes do not add up."""
    csv.field_size_limit(LONGEST_RECORD)
    try:
        rows = list(csv.reader([record], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def copy(
    source: Path,
    target: Path,
    encoding: str,
    layout: Layout,
    width: int,
    limit: int | None = None,
) -> Copied:
    """Write the records of `source` to `target` as UTF-8, each with its line number as an additional first cell.

    width: cells of a usual row, which decides where a record with a line break ends. Blank lines are no rows.
    Raises UnreadableFile when the bytes do not fit the encoding at all.
    """
    copied, delimiter = Copied(), layout.delimiter
    try:
        with open_text(source, encoding) as given, target.open("w", encoding="utf-8", newline="\n") as taken:
            for line, record in records(given, layout, width, copied):
                if copied.skipped < layout.skip:
                    copied.skipped += 1
                    continue
                if len(copied.header) < layout.names and len(record) <= LONGEST_RECORD:
                    copied.header.append(parse(record, delimiter) or [record.rstrip("\n")])
                    continue
                if width > 1 and record.rstrip("\n") == delimiter * (width - 1):
                    copied.empty += 1
                    continue
                if limit is not None and copied.records >= limit:
                    copied.complete = False
                    break
                reason = damage(record)
                if not reason and "\ufffd" in record and not encoding.lower().startswith("utf"):
                    reason = f"holds bytes that are not {encoding}"  # what `open_text` puts in their place
                try:
                    if not reason:
                        taken.write(f"{line}{delimiter}{record}")
                        copied.records += 1
                except UnicodeEncodeError:
                    reason = f"holds bytes that are not {encoding}"
                if reason:
                    copied.rejected.append(reject(line, reason, record))
    except UnicodeError as error:
        raise UnreadableFile(
            f"The file is not written in {encoding}", str(error)[:200], "Choose another encoding"
        ) from error
    return copied


def records(stream: TextIO, layout: Layout, width: int, copied: Copied) -> Iterator[tuple[int, str]]:
    """(line, record with its newline) of each record; lines with a quote that never closes are rejected."""
    comment = layout.comment
    ahead: deque[str] = deque()
    line = 0
    while text := ahead.popleft() if ahead else stream.readline():
        line += 1
        if not text.strip(" \n\x1a"):
            continue
        if comment and text.startswith(comment):
            copied.comments += 1
            continue
        if not text.endswith("\n"):
            text += "\n"
        text = one_space(text, layout.delimiter)
        if '\\"' in text:
            text = _unescaped(text, layout.delimiter, width)
        if text.count('"') % 2 == 0:
            yield line, text
            continue
        record = _close(text, ahead, stream, layout.delimiter, width)
        if record is None:
            copied.rejected.append(reject(line, "a quote is opened and never closed", text))
            continue
        yield line, record
        line += record.count("\n") - 1


def _close(first: str, ahead: deque[str], stream: TextIO, delimiter: str, width: int) -> str | None:
    """The whole record that starts with a line of unbalanced quotes, or None; unused lines stay in `ahead`."""
    cells = parse(first, delimiter)
    if cells is not None and len(cells) == width:
        return first
    pieces, size = [first], len(first)
    while len(pieces) <= MOST_LINES_OF_A_RECORD and size < LONGEST_RECORD:
        if len(pieces) > len(ahead):
            following = stream.readline()
            if not following:
                return None
            ahead.append(following)
        following = ahead[len(pieces) - 1]
        pieces.append(following)
        size += len(following)
        if following.count('"') % 2:  # the first line's open quote is closed
            record = "".join(pieces)
            if parse(record, delimiter) is None:
                return None  # one of another width is a record all the same: its lines are no rows
            for _ in pieces[1:]:
                ahead.popleft()
            return record if record.endswith("\n") else record + "\n"
    return None


def damage(record: str) -> str:
    """Why a record cannot be a row, or nothing."""
    if "\0" in record:
        return "holds NUL bytes"
    if len(record) > LONGEST_RECORD:
        return f"is longer than {LONGEST_RECORD:,} characters"
    return ""


def reject(line: int, reason: str, record: str) -> RejectedRow:
    """A record that is no row, as it is shown to people."""
    shown = record[:SHOWN].rstrip("\n").replace("\0", "␀").encode("utf-8", "replace").decode("utf-8")
    return RejectedRow(line=line, reason=reason, text=shown)
