"""Where the input columns of a table are put together: in memory, or one behind the other in a file."""

import mmap
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Columns(Protocol):
    """Takes (N,) columns one by one, and gives them as (N, F), each column in one piece."""

    def add(self, values: Floats) -> None: ...

    def together(self) -> Floats: ...


class InMemory:
    def __init__(self) -> None:
        self._columns: list[Floats] = []

    def add(self, values: Floats) -> None:
        self._columns.append(values)

    def together(self) -> Floats:
        inputs = np.empty((len(self._columns[0]), len(self._columns)), order="F")
        for place, values in enumerate(self._columns):
            inputs[:, place] = values
        return inputs


class OnDisk:
    """Columns in a file of raw float64, one column in memory at a time."""

    def __init__(self, path: Path) -> None:
        self._path, self._rows, self._count = path, 0, 0
        path.unlink(missing_ok=True)

    def add(self, values: Floats) -> None:
        with self._path.open("ab") as file:
            file.write(np.ascontiguousarray(values, dtype=np.float64).data)
        self._rows, self._count = len(values), self._count + 1

    def together(self) -> Floats:
        return mapped(self._path, self._rows, self._count)


def mapped(path: Path, rows: int, columns: int) -> Floats:
    """(rows, columns) of such a file, memory-mapped, read-only."""
    array: Floats = np.memmap(path, np.float64, "r", shape=(rows, columns), order="F").view(np.ndarray)
    return array


def forget(values: NDArray[Any]) -> None:
    """Lets go of the pages of an array that is a map of a file; they come back, from the system's cache, when asked
    for. Does nothing to another array."""
    owner: Any = values
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)
