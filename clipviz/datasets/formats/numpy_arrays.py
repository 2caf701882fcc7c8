"""NumPy's own files: .npz with images and labels, .npy with images, or a zip of two .npy."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import ImageReading, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.images import arrays, opened
from clipviz.datasets.images.base import ImageFormat
from clipviz.datasets.images.matched import matched
from clipviz.datasets.images.picture import Picture, Survey

MAGIC = b"\x93NUMPY"
# What numpy raises on damaged heads, which are Python literals.
BROKEN = (ValueError, OSError, EOFError, SyntaxError, TokenError, TypeError, ArithmeticError, LookupError)


class NumpyArrays(ImageFormat):
    """Images (N, H, W), (N, H, W, C), (N, C, H, W) or (N, values), with labels (N,); never pickled objects."""

    suffixes: ClassVar[tuple[str, ...]] = (".npz", ".npy")
    title: ClassVar[str] = "NumPy arrays"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        found = opened.heads(path, head)
        return bool(found) and all(each.startswith(MAGIC) for each in found)

    def survey(self, path: Path, reading: Reading) -> Survey:
        with _parts(path) as parts:
            return arrays.survey(parts, reading.images or ImageReading(), "NumPy file")

    def pictures(self, path: Path, reading: Reading) -> Iterator[Picture]:
        with _parts(path) as parts:
            yield from arrays.pictures(parts, reading.images or ImageReading(), "NumPy file")


@contextmanager
def _parts(path: Path) -> Iterator[list[arrays.Pile]]:
    with opened.unpacked(path) as files:
        yield matched({name: _array(file, name or "the file") for name, file in files}, "NumPy file")


def _array(path: Path, name: str) -> NDArray[Any]:
    """The array of a .npy file, memory-mapped; raises UnreadableFile, also for objects, which could run code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of heads that Python 2 wrote
            loaded: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except BROKEN as error:
        pickled = "Object arrays" in str(error) or "pickle" in str(error).lower() or "objects" in str(error)
        raise UnreadableFile(
            "A NumPy file must hold numbers, no Python objects, which could run code"
            if pickled
            else "A NumPy file must be whole",
            f"{name}: {str(error)[:150]}",
            "Save the pixels with numpy.save as uint8",
        ) from error
    if not isinstance(loaded, np.ndarray):
        raise UnreadableFile("A NumPy file must hold one array", name, "Save the pixels with numpy.save")
    return loaded
