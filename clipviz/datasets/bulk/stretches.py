"""A large text file, cut into stretches of whole records."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clipviz.datasets.lines import MOST_LINES_OF_A_RECORD

SIZE = 16 << 20
BOM = b"\xef\xbb\xbf"


class NotPlainError(Exception):
    """The file has something that only the careful way reads well."""


@dataclass(frozen=True)
class Stretch:
    """data: whole records with newlines as line ends. line: 1-based line of the first. end: bytes of the file up to
    its end."""

    data: bytes
    line: int
    end: int


def stretches(path: Path) -> Iterator[Stretch]:
    """The stretches of a UTF-8 file in order, a few megabytes each; raises NotPlainError where no cut is safe."""
    line, read = 1, 0
    rest = b""
    with path.open("rb") as stream:
        while True:
            block = stream.read(SIZE)
            if read == 0:
                block = block.removeprefix(BOM)
            read = stream.tell()
            data = rest + block
            if b"\r" in data:
                if data.endswith(b"\r") and block:
                    data += stream.read(1)
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if not block:
                if data:
                    yield Stretch(data if data.endswith(b"\n") else data + b"\n", line, read)
                return
            cut = _cut(data)
            taken, rest = data[:cut], data[cut:]
            yield Stretch(taken, line, read - len(rest))
            line += taken.count(b"\n")


def _cut(data: bytes) -> int:
    """Behind the last newline that no quoted cell can hold: no line with an open quote is near enough before it."""
    cut = data.rfind(b"\n") + 1
    if not cut:
        raise NotPlainError("a very long line")
    if data.find(b'"', 0, cut) < 0:
        return cut
    odd = [start for start, end in _quoted_lines(data, cut) if data.count(b'"', start, end) % 2]
    for place in reversed(odd):
        if data.count(b"\n", place, cut) > MOST_LINES_OF_A_RECORD:
            break
        cut = place
    if not cut:
        raise NotPlainError("quoted line breaks all over")
    return cut


def _quoted_lines(data: bytes, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each line with a quote."""
    at = data.find(b'"', 0, end)
    while at >= 0:
        start, stop = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at, end) + 1
        yield start, stop
        at = data.find(b'"', stop, end)
