"""JSON: one object a line, or one list of objects."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

from clipviz.core.dataset import Reading, RejectedRow
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import encodings
from clipviz.datasets.formats.base import Format
from clipviz.datasets.json_shapes import rows_of
from clipviz.datasets.lines import LONGEST_RECORD, SHOWN, open_text
from clipviz.datasets.staging import Declared, Raw, fill

if TYPE_CHECKING:
    import duckdb

MOST_COLUMNS = 20_000
LARGEST_LIST = 500_000_000
OPENED = re.compile(rb'\{\s*\n\s*"[^"\n]*"\s*:')
LISTED = "A JSON file must hold one object a line, or one list of objects"


class Jsonlines(Format):
    """A row is an object; objects inside it become columns such as "size.width", lists are kept as JSON text."""

    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")
    title: ClassVar[str] = "JSON"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"["):
            return start[1:].lstrip()[:1] in (b"{", b"[")
        if OPENED.match(start):
            return True
        first = start.split(b"\n", 1)[0].strip()
        return start.startswith(b"{") and (_object(first) or (b'"' in first[:20] and len(start) > 60_000))

    def guess(self, path: Path, given: Reading) -> Reading:
        encoding = encodings.check(given.encoding) if given.encoding else encodings.guess(path)
        return Reading(
            format="jsonlines", encoding=encoding, missing=given.missing or (), date_order=given.date_order
        )

    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        encoding = reading.encoding or "utf-8"
        found = _Columns()
        for _, row in _objects(path, encoding, rows, found):  # the first pass learns the columns
            found.meet(row)
        if not found.names:
            bad = found.rejected[0] if found.rejected else None
            raise UnreadableFile(
                LISTED, f"line {bad.line}: {bad.reason}" if bad else "no object", "Write one object a line"
            )
        laid = _Columns()
        cells = (
            (line, [_text(row.get(name)) for name in found.names])
            for line, row in _objects(path, encoding, rows, laid)
        )
        fill(connection, folder, cells, len(found.names))
        return Raw(tuple(found.names), laid.rejected, laid.told(), laid.complete, found.declared())


@dataclass
class _Columns:
    """The columns met so far, what their values are, and the lines that were no objects."""

    names: dict[str, set[type]] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    twice: set[str] = field(default_factory=set)

    def told(self) -> tuple[str, ...]:
        """The notes, with the names that stand twice in an object."""
        if not self.twice:
            return tuple(self.notes)
        shown = (name[:80].encode("utf-8", "replace").decode() for name in sorted(self.twice)[:5])
        names = ", ".join(shown) + (" and others" if len(self.twice) > 5 else "")
        stands = "stands" if len(self.twice) == 1 else "stand"
        last = "its last value there was" if len(self.twice) == 1 else "their last values there were"
        return (*self.notes, f"{names} {stands} more than once in an object: {last} taken.")

    def meet(self, row: dict[str, Any]) -> None:
        for name, value in row.items():
            kinds = self.names.setdefault(name, set())
            if value is not None:
                kinds.add(type(value))
        if len(self.names) > MOST_COLUMNS:
            raise UnreadableFile(
                f"A table may have at most {MOST_COLUMNS:,} columns",
                "more",
                "Give all objects the same names",
            )

    def declared(self) -> tuple[Declared | None, ...]:
        """JSON tells numbers from strings: a string is never taken for a number."""
        said: list[Declared | None] = []
        for kinds in self.names.values():
            number: Declared | None = "number" if float in kinds else None
            said.append(number if kinds <= {int, float} else "boolean" if kinds == {bool} else "words")
        return tuple(said)


def _objects(
    path: Path, encoding: str, limit: int | None, found: _Columns
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, flat object) of each row; lines that hold none go to `found.rejected`."""
    count = 0
    for line, given in _values(path, encoding, found):
        if not isinstance(given, dict):
            _reject(found, line, "is no object", json.dumps(given, default=str))
            continue
        if limit is not None and count >= limit:
            found.complete = False
            return
        count += 1
        row = list(_flat(given))
        if len(row) > len(dict(row)):
            _reject(
                found,
                line,
                "has one name twice, as a.b inside and outside of a",
                json.dumps(given, default=str),
            )
            continue
        yield line, dict(row)


def _values(path: Path, encoding: str, found: _Columns) -> Iterator[tuple[int, Any]]:
    """(line, parsed value) of each line that is not blank; the places of a list count as lines."""
    try:
        with open_text(path, encoding) as stream:
            whole = _is_one_document(stream)
            stream.seek(0)
            if whole:
                rows, note = rows_of(_parsed(stream.read(LARGEST_LIST + 1), found))
                found.notes += [note] if note else []
                yield from enumerate(rows, start=1)
                return
            line = 0
            while text := stream.readline(LONGEST_RECORD + 1):
                line += 1
                if len(text) > LONGEST_RECORD:
                    _reject(found, line, f"is longer than {LONGEST_RECORD:,} characters", text)
                    while not text.endswith("\n") and (text := stream.readline(LONGEST_RECORD)):
                        continue
                elif text.strip().lstrip("\ufeff"):
                    try:
                        yield line, _load(text, found)
                    except (ValueError, RecursionError) as error:
                        _reject(found, line, f"is no JSON ({str(error)[:80]})", text)
    except UnicodeError as error:
        raise UnreadableFile(
            f"The file is not written in {encoding}", str(error)[:200], "Choose another encoding"
        ) from error


def _is_one_document(stream: TextIO) -> bool:
    """True for a list, and for an object over several lines or alone in its file; False for one object a line."""
    first = ""
    while not first.strip() and (line := stream.readline(LARGEST_LIST)):
        first = line.lstrip("\ufeff").lstrip()
    if first.startswith("["):
        return True
    if not _object(first.strip().encode("utf-8", "surrogatepass")):
        return first.rstrip() == "{" or first.rstrip().endswith((",", "[", "{"))
    return not any(line.strip() for line in stream)


def _parsed(text: str, found: _Columns) -> Any:
    if len(text) > LARGEST_LIST:
        raise UnreadableFile(
            f"A JSON list may have at most {LARGEST_LIST:,} characters", "more", "Write one object a line"
        )
    try:
        return _load(text, found)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(LISTED, str(error)[:200], "Write it again, or one object a line") from error


def _load(text: str, found: _Columns) -> Any:
    """A parsed document; of a name that stands twice in one object the last value counts, and it is told."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known = dict(pairs)
        if len(known) < len(pairs):
            found.twice.update(
                name for name, times in Counter(name for name, _ in pairs).items() if times > 1
            )
        return known

    return json.loads(text.lstrip("\ufeff"), object_pairs_hook=once)


def _object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return line.endswith(b"}") and line[1:].lstrip()[:1] == b'"'


def _flat(given: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, dict) and value and depth < 3:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return format(value, "d") if abs(value) < 10**300 else "inf"
    return json.dumps(value, ensure_ascii=False)


def _reject(found: _Columns, line: int, reason: str, text: str) -> None:
    shown = text[:SHOWN].rstrip("\n").replace("\0", "␀").encode("utf-8", "replace").decode("utf-8")
    found.rejected.append(RejectedRow(line=line, reason=reason, text=shown))
