"""Images one after another into pixels.npy, with their labels, what was rejected, and what is known of the pixels."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from clipviz.core.dataset import Column, ImageShape, Kind, RejectedRow
from clipviz.core.profile import ChannelProfile, Histogram, ImageProfile
from clipviz.datasets.given_parts import PART, Part
from clipviz.datasets.images.decode import Pixels

CHANNELS = {1: ("grey",), 3: ("red", "green", "blue")}
MOST_CLASSES = 200
BINS = 256


class Writer:
    """Appends images of one shape to a .npy file whose length is known only at the end."""

    def __init__(self, path: Path, shape: ImageShape) -> None:
        self.shape, self.count = shape, 0
        self.dtype = np.dtype(np.uint16 if shape.bits == 16 else np.uint8)
        self._counts = np.zeros((shape.channels, 1 << shape.bits), dtype=np.int64)
        self._file: BinaryIO = path.open("wb")
        self._head()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.seek(0)
        self._head()
        self._file.close()

    def add(self, image: Pixels) -> None:
        """Append (height, width, channels) of the writer's shape and type."""
        assert image.dtype == self.dtype and image.shape == self._one, (image.dtype, image.shape)
        self._file.write(np.ascontiguousarray(image).tobytes())
        self.count += 1
        for place in range(self.shape.channels):
            self._counts[place] += np.bincount(image[:, :, place].ravel(), minlength=self._counts.shape[1])

    def channels(self) -> tuple[ChannelProfile, ...]:
        """What is known of the values of each channel, exactly."""
        names = CHANNELS[self.shape.channels]
        return tuple(_channel(name, counts) for name, counts in zip(names, self._counts, strict=True))

    @property
    def _one(self) -> tuple[int, int, int]:
        return self.shape.height, self.shape.width, self.shape.channels

    def _head(self) -> None:
        # numpy leaves room for a longer count, so that writing the head again moves nothing.
        head = {"descr": self.dtype.str, "fortran_order": False, "shape": (self.count, *self._one)}
        np.lib.format.write_array_header_1_0(self._file, head)


def _channel(name: str, counts: np.ndarray) -> ChannelProfile:
    values = np.arange(len(counts), dtype=np.float64)
    total = max(1, int(counts.sum()))
    mean = float((counts * values).sum() / total)
    seen = np.flatnonzero(counts)
    bins = counts.reshape(BINS, -1).sum(axis=1)
    return ChannelProfile(
        name=name,
        minimum=int(seen[0]) if len(seen) else 0,
        maximum=int(seen[-1]) if len(seen) else 0,
        mean=mean,
        std=float(np.sqrt((counts * (values - mean) ** 2).sum() / total)),
        zeros=int(counts[0]),
        histogram=Histogram(
            edges=tuple((np.arange(BINS + 1) * (len(counts) / BINS) - 0.5).tolist()),
            counts=tuple(bins.tolist()),
        ),
    )


def write_labels(
    folder: Path,
    labels: list[str | None],
    names: list[str],
    rejected: list[RejectedRow],
    parts: Sequence[Part | None] = (),
) -> tuple[Column, ...]:
    """Write data.parquet (`label`, `file` where images have names, `part` where they come split) and rejected.parquet;
    gives the columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from clipviz.datasets.typed import write_rejected

    kind = label_kind(labels)
    if kind in ("number", "integer"):
        cells = pa.array([None if label is None else float(label) for label in labels], pa.float64())
        cells = cells.cast(pa.int64()) if kind == "integer" else cells
    else:
        cells = pa.array(labels, pa.string())
    columns = [Column(name="label", kind=kind)]
    table = {"label": cells}
    if any(names):
        columns.append(Column(name="file", kind="text"))
        table["file"] = pa.array(names, pa.string())
    if any(parts):
        columns.append(Column(name=PART, kind="category"))
        table[PART] = pa.array(parts, pa.string())
    pq.write_table(pa.table(table), folder / "data.parquet", compression="zstd")
    write_rejected(sorted(rejected, key=lambda row: row.line), folder)
    return tuple(columns)


def label_kind(labels: list[str | None]) -> Kind:
    """Classes are categories even when they are written as numbers; measured values, or too many, are numbers."""
    present = {label for label in labels if label is not None}
    if not present:
        return "empty"
    numbers = [_number(label) for label in present]
    if any(number is None for number in numbers):
        return "category"
    whole = all(number is not None and number.is_integer() and abs(number) < 2**53 for number in numbers)
    if whole:
        return "category" if len(present) <= MOST_CLASSES else "integer"
    return "number"


def profile(
    writer: Writer, labels: list[str | None], sizes: Counter[tuple[int, int]], notes: tuple[str, ...]
) -> ImageProfile:
    """The profile of everything that was written."""
    classes = Counter(label or "" for label in labels)
    ranked = sorted(classes.items(), key=lambda pair: (-pair[1], pair[0]))
    largest = sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))
    return ImageProfile(
        channels=writer.channels(),
        classes=tuple(ranked),
        sizes=tuple((height, width, count) for (height, width), count in largest[:50]),
        notes=notes,
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
