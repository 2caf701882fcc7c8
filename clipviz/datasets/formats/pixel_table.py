"""Images written as a table: one row of pixel values an image, with its label in the row or in a table beside it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from clipviz.core.dataset import ImageReading, ImageShape, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.images import arrays, opened, shapes, values
from clipviz.datasets.images.base import ImageFormat
from clipviz.datasets.images.pairs import role
from clipviz.datasets.images.picture import Picture, Survey
from clipviz.datasets.images.spreadsheet import Spreadsheet, column_named, is_table, open_table

LABELS = ("label", "labels", "class", "target", "digit", "y", "category")
SAMPLE = 1000
Place = Literal["first", "last", "none"]


@dataclass(frozen=True)
class _Pixels:
    """A table of pixels. at: place of its label column, None without one. labels: the table that holds them instead."""

    table: Spreadsheet
    at: int | None
    labels: Spreadsheet | None
    shape: ImageShape
    scale: values.Scale
    how: ImageReading

    @property
    def count(self) -> int:
        return self.table.width - (self.at is not None)


class PixelTable(ImageFormat):
    """Rows of pixel values: a spreadsheet with a label column, or one of images zipped with one of labels.

    A single table is read as images only when that is chosen: it is a table first.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".xlsx")
    title: ClassVar[str] = "Table of pixels"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        names = opened.names(path, head)
        if len(names) != 2 or {role(name) for name in names} != {"images", "labels"}:
            return False
        return all(is_table(each) for each in opened.heads(path, head))

    def guess(self, path: Path, given: Reading) -> Reading:
        with _pixels(path, given) as found:
            dialect = {
                "delimiter": found.table.delimiter or None,
                "encoding": found.table.encoding or None,
                "header": bool(found.table.header),
                "decimal": None,
                "thousands": None,
                "sheet": None,
                "missing": None,
                "comment": None,
                "skip": None,
                "header_rows": None,
                "date_order": None,
            }
            return self._guessed(given.model_copy(update=dialect), _survey(found))

    def survey(self, path: Path, reading: Reading) -> Survey:
        with _pixels(path, reading) as found:
            return _survey(found)

    def pictures(self, path: Path, reading: Reading) -> Iterator[Picture]:
        with _pixels(path, reading) as found:
            labels = iter(_labels(found.labels)) if found.labels else None
            seen = 0
            for line, cells in found.table.rows():
                seen += 1
                label = next(labels, None) if labels else _label(cells, found)
                if labels and label is None:
                    raise _unequal(seen, seen - 1, found)
                yield _picture(line, cells, (label or "").strip() or None, found)
            left = sum(1 for _ in labels) if labels else 0
            if left:
                raise _unequal(seen, seen + left, found)


@contextmanager
def _pixels(path: Path, reading: Reading) -> Iterator[_Pixels]:
    how = reading.images or ImageReading()
    with opened.unpacked_tables(path) as files:
        if len(files) == 1:
            table, labels = open_table(files[0][1], files[0][0] or "the table", reading), None
            at = _label_place(table, how)
        elif len(files) == 2:
            table, labels = _told_apart([open_table(file, name, _dialect(reading)) for name, file in files])
            at = None
        else:
            raise UnreadableFile(
                "A table of pixels comes alone or with one table of labels",
                f"{len(files)} tables",
                "Upload two",
            )
        place: Place = "none" if at is None else "first" if at == 0 else "last"
        how = how.model_copy(update={"label": place, "order": how.order or "pixels"})
        shape = shapes.of_values(table.width - (at is not None), how.shape, table.name)
        how = how.model_copy(update={"shape": str(shape)})
        scale = _scale(table, at)
        yield _Pixels(table, at, labels, shape, scale, how)


def _dialect(reading: Reading) -> Reading:
    """Of two tables each has its own dialect; only what must be the same is handed on."""
    return Reading(encoding=reading.encoding)


def _told_apart(tables: Sequence[Spreadsheet]) -> tuple[Spreadsheet, Spreadsheet]:
    """(pixels, labels): the wider one holds the pixels."""
    narrow, wide = sorted(tables, key=lambda table: table.width)
    if narrow.width == wide.width:
        raise UnreadableFile(
            "A table of pixels must be wider than its table of labels",
            f"{wide.width:,} columns in both",
            "Upload one row of pixels an image, and one label a row",
        )
    return wide, narrow


def _label_place(table: Spreadsheet, how: ImageReading) -> int | None:
    """Where the label stands: as said, by its name, or where the other columns make an image."""
    if how.label is not None:
        return {"first": 0, "last": table.width - 1, "none": None}[how.label]
    named = column_named(table.header, LABELS)
    if named in (0, table.width - 1):
        return named
    wanted = shapes.parse(how.shape).values if how.shape else None
    if (table.width == wanted) if wanted else shapes.infer(table.width):
        return None
    return 0


def _scale(table: Spreadsheet, at: int | None) -> values.Scale:
    """The range of the values, from the first thousand rows."""
    lowest, highest, fractions = [], [], False
    for _, cells in islice(table.rows(), SAMPLE):
        row, _ = _numbers(cells, at, table.width)
        if row is not None and np.isfinite(row).all():
            lowest.append(row.min())
            highest.append(row.max())
            fractions = fractions or bool(np.any(row != np.rint(row)))
    return values.decide(np.array(lowest), np.array(highest), fractions)


def _survey(found: _Pixels) -> Survey:
    size = (found.shape.height, found.shape.width)
    count = sum(1 for _ in found.table.rows())
    where = {
        "first": "the label in the first column",
        "last": "the label in the last column",
        "none": f"labels in {found.labels.name}" if found.labels else "no labels",
    }[found.how.label or "none"]
    said = f"Read {found.count:,} values a row as one {found.shape} image, {where}."
    return Survey(
        found.how, count, Counter({size: count}), found.shape.channels, found.scale.bits,
        (said, *found.scale.sentences()),
    )  # fmt: skip


def _picture(line: int, cells: list[str], label: str | None, found: _Pixels) -> Picture:
    row, reason = _numbers(cells, found.at, found.table.width)
    if row is None:
        return Picture(line, "", label, None, reason)
    pixels, reason = values.convert(row, found.scale)
    if pixels is None:
        return Picture(line, "", label, None, reason)
    shape = found.shape
    image = arrays.as_images(pixels[None], shape.height, shape.width, shape.channels, found.how)[0]
    return Picture(line, "", label, image)


def _numbers(cells: list[str], at: int | None, width: int) -> tuple[np.ndarray | None, str]:
    """The pixel values of a row, or None and the reason why not."""
    if len(cells) != width:
        return None, f"has {len(cells):,} cells instead of {width:,}"
    words = cells if at is None else [*cells[:at], *cells[at + 1 :]]
    try:
        return np.array(list(map(float, words))), ""
    except ValueError:
        wrong = next(word for word in words if not _is_number(word))
        return None, f'holds "{wrong[:50]}" where a pixel value must be'


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _label(cells: list[str], found: _Pixels) -> str | None:
    return cells[found.at] if found.at is not None and found.at < len(cells) else None


def _labels(table: Spreadsheet) -> Iterator[str]:
    """The label of each row: of the column that is named so, else of the last one."""
    place = column_named(table.header, LABELS)
    for _, cells in table.rows():
        at = table.width - 1 if place is None else place
        yield cells[at] if at < len(cells) else ""


def _unequal(images: int, labels: int, found: _Pixels) -> UnreadableFile:
    total = max(images, sum(1 for _ in found.table.rows()))
    names = f"{found.table.name} and {found.labels.name if found.labels else ''}"
    return UnreadableFile(
        "There must be one label for each image",
        f"{total:,} images and {labels:,} labels in {names}",
        "Check that both belong together, and whether their first rows hold names",
    )
