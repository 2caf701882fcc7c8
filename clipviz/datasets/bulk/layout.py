"""Which bytes of a stretch are records of the usual width, and on which line of the file each stands."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import RejectedRow
from clipviz.datasets import lines
from clipviz.datasets.bulk.stretches import NotPlainError, Stretch

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """data: the good records, one after another. line: (N,) of the file where each begins. start: (N + 1,) places in
    `data` where each begins, and the end of the last."""

    data: bytes
    line: Places
    start: Places
    rejected: list[RejectedRow] = field(default_factory=list)


def lay(stretch: Stretch, delimiter: str, width: int) -> Layout:
    """The good records of a stretch, and the others with their reasons, by the rules of the careful way.

    Lines are told apart by counting delimiters all at once; only lines with a quote, a NUL byte or bytes that are no
    text are looked at one by one. Raises NotPlainError for a quote in the middle of a cell, on which readers differ.
    """
    return _Sieve(stretch, delimiter, width).laid()


class _Sieve:
    def __init__(self, stretch: Stretch, delimiter: str, width: int) -> None:
        self.data, self.first = stretch.data, stretch.line
        self.delimiter, self.width = delimiter, width
        raw = np.frombuffer(self.data, np.uint8)
        self.end = np.flatnonzero(raw == 10) + 1  # one past the newline
        self.start = np.r_[0, self.end[:-1]]
        marks = np.flatnonzero(raw == ord(delimiter))
        self.cells = np.diff(np.r_[0, np.searchsorted(marks, self.end)]) + 1
        self.begins = np.ones(len(self.end), dtype=np.bool_)  # lines that begin a good record
        self.dropped = np.zeros(len(self.end), dtype=np.bool_)
        self.shorter: list[int] = []  # lines whose last delimiter goes
        self.rejected: list[RejectedRow] = []

    def laid(self) -> Layout:
        quoted = self._quoted()
        strange = (self.cells != self.width) | (self.end - self.start > lines.LONGEST_RECORD)
        strange |= np.isin(self.data_at(self.start), (10, 26, 32))
        strange[self._not_text()] = True
        strange[quoted] = False
        for place in np.flatnonzero(strange).tolist():
            self._look(place)
        return self._joined()

    def data_at(self, places: Places) -> NDArray[np.uint8]:
        return np.frombuffer(self.data, np.uint8)[places]

    def _look(self, place: int) -> None:
        """Keeps or drops one line without quotes."""
        record = self._text(place)
        if not record.strip(" \n\x1a"):
            self._drop(place)
            return
        reason = lines.damage(record) or _not_utf8(record)
        cells = int(self.cells[place])
        if not reason and cells == self.width + 1 and record.endswith(f"{self.delimiter}\n"):
            self.shorter.append(place)  # nothing behind a last delimiter is no cell
            return
        reason = reason or _wrong_width(cells, self.width)
        if reason:
            self._drop(place, lines.reject(self.first + place, reason, record))

    def _quoted(self) -> list[int]:
        """Goes through the records with quotes; gives all of their lines."""
        seen: list[int] = []
        after = 0
        for place in self._lines_with(b'"'):
            if place < after:
                continue
            ahead = self.data[
                self.start[place] : self.end[min(place + lines.MOST_LINES_OF_A_RECORD + 1, len(self.end) - 1)]
            ]
            text = io.StringIO(ahead.decode("utf-8", "surrogateescape"))
            copied = lines.Copied()
            record = next(lines.records(text, lines.Layout(self.delimiter), self.width, copied), (0, ""))[1]
            if copied.rejected:
                self._drop(place, copied.rejected[0].model_copy(update={"line": self.first + place}))
                used = 1
            else:
                used = record.count("\n")
                self._quoted_record(place, used, record)
            seen += range(place, place + used)
            after = place + used
        return seen

    def _quoted_record(self, place: int, used: int, record: str) -> None:
        cells = lines.parse(record, self.delimiter)
        reason = lines.damage(record) or _not_utf8(record)
        if not reason and cells is None:
            reason = "a quoted cell goes on after its closing quote"
        elif not reason and cells is not None:
            if _quoted_within(record, self.delimiter) or (len(cells) == self.width + 1 and cells[-1] == ""):
                raise NotPlainError("a quote in the middle of a cell")
            reason = _wrong_width(len(cells), self.width)
        self.begins[place + 1 : place + used] = False
        if reason:
            self.dropped[place : place + used] = True
            self._drop(place, lines.reject(self.first + place, reason, record))

    def _drop(self, place: int, why: RejectedRow | None = None) -> None:
        self.begins[place], self.dropped[place] = False, True
        if why is not None:
            self.rejected.append(why)

    def _joined(self) -> Layout:
        pieces, before = [], 0
        size = self.end - self.start
        for place in sorted([*np.flatnonzero(self.dropped).tolist(), *self.shorter]):
            pieces.append(self.data[before : self.start[place]])
            before = int(self.end[place])
            if not self.dropped[place]:
                pieces += [self.data[self.start[place] : before - 2], b"\n"]
                size[place] -= 1
        size[self.dropped] = 0
        ends = np.cumsum(size)
        first = np.flatnonzero(self.begins)
        start = np.r_[(ends - size)[first], ends[-1:]]
        return Layout(b"".join([*pieces, self.data[before:]]), self.first + first, start, self.rejected)

    def _text(self, place: int) -> str:
        return self.data[self.start[place] : self.end[place]].decode("utf-8", "surrogateescape")

    def _lines_with(self, mark: bytes) -> Iterator[int]:
        at = self.data.find(mark)
        while at >= 0:
            place = int(np.searchsorted(self.end, at, "right"))
            yield place
            at = self.data.find(mark, int(self.end[place]))

    def _not_text(self) -> list[int]:
        """Lines with a NUL byte, or with bytes that are not UTF-8."""
        found = list(self._lines_with(b"\0"))
        if not is_text(self.data):
            found += [
                place
                for place in range(len(self.end))
                if not is_text(self.data[self.start[place] : self.end[place]])
            ]
        return found


def is_text(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def cells_of(layout: Layout, row: int, delimiter: str, most: int) -> list[str]:
    """The first cells of one record."""
    record = layout.data[layout.start[row] : layout.start[row + 1]].decode()
    return list(islice(lines.parse(record, delimiter) or [], most))


def _not_utf8(record: str) -> str:
    try:
        record.encode()
    except UnicodeEncodeError:
        return "holds bytes that are not utf-8"
    return ""


def _quoted_within(record: str, delimiter: str) -> bool:
    """True where a cell has a quote but does not start and end with one."""
    mark = re.escape(delimiter)
    bare = re.sub(rf'(^|{mark})"(?:[^"]|"")*"(?={mark}|\n|$)', r"\1", record)
    return '"' in bare


def _wrong_width(cells: int, width: int) -> str:
    return "" if cells == width else f"has {cells:,} cells instead of {width:,}"
