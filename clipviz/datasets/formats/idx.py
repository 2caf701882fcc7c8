"""IDX files, the format of MNIST: images alone, or zipped together with their labels."""

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import ImageReading, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.images import arrays, opened
from clipviz.datasets.images.base import ImageFormat
from clipviz.datasets.images.matched import matched
from clipviz.datasets.images.picture import Picture, Survey

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


class Idx(ImageFormat):
    """Images (N, H, W) or (N, H, W, 3) and labels (N,), each packed with gzip or not; a pair comes as one zip."""

    suffixes: ClassVar[tuple[str, ...]] = (".idx", ".idx3-ubyte", ".idx1-ubyte", ".gz")
    title: ClassVar[str] = "IDX images"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        found = opened.heads(path, head)
        return bool(found) and all(_is_idx(each) for each in found)

    def survey(self, path: Path, reading: Reading) -> Survey:
        with _parts(path) as parts:
            return arrays.survey(parts, reading.images or ImageReading(), "IDX file")

    def pictures(self, path: Path, reading: Reading) -> Iterator[Picture]:
        with _parts(path) as parts:
            yield from arrays.pictures(parts, reading.images or ImageReading(), "IDX file")


def _is_idx(head: bytes) -> bool:
    return len(head) >= 8 and head[:2] == b"\0\0" and head[2] in TYPES and 1 <= head[3] <= 4


@contextmanager
def _parts(path: Path) -> Iterator[list[arrays.Pile]]:
    with opened.unpacked(path) as files:
        found = {name: _array(file, name or "the file") for name, file in files}
        yield matched(found, "IDX file")


def _array(path: Path, name: str) -> NDArray[Any]:
    """The array of an IDX file, memory-mapped; raises UnreadableFile."""
    with path.open("rb") as stream:
        head = stream.read(4)
        if not _is_idx(head + stream.read(4)):
            raise UnreadableFile(
                "An IDX file begins with its type and sides", f"other bytes in {name}", "Copy it again"
            )
        stream.seek(4)
        sides = struct.unpack(f">{head[3]}I", stream.read(4 * head[3]).ljust(4 * head[3], b"\0"))
    kind, start = np.dtype(TYPES[head[2]]), 4 + 4 * head[3]
    wanted, there = math.prod(sides) * kind.itemsize, path.stat().st_size - start
    if wanted != there:
        raise UnreadableFile(
            "An IDX file must be as long as its head says",
            f"{max(0, there):,} bytes of values instead of {wanted:,} in {name}",
            "Copy it again",
        )
    if wanted == 0:
        return np.empty(sides, kind)
    return np.memmap(path, kind, "r", offset=start, shape=sides)
