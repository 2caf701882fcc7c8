"""What every format of images does: look at what is there, give the images one by one."""

import base64
import io
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from clipviz.core.dataset import Column, ImageReading, ImageShape, Kind, Reading, RejectedRow
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.given_parts import PART, Part
from clipviz.datasets.images import shapes, writer
from clipviz.datasets.images.decode import Pixels
from clipviz.datasets.images.fit import fit
from clipviz.datasets.images.picture import Picture, Survey
from clipviz.datasets.staging import Contents, Sketch

MOST_SHOWN = 24
UNLABELLED = (
    "No image has a label, so nothing can be trained on them: put each class in a folder of its own, or add a table "
    "with file names and labels."
)


@dataclass(frozen=True)
class ImageFormat(ABC):
    """A format that holds images. Shape, pixels.npy, labels, rejects and profile are shared by all of them."""

    suffixes: ClassVar[tuple[str, ...]]
    title: ClassVar[str]
    kind: ClassVar[Literal["table", "images"]] = "images"
    general: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        """True when a file holds images in this format, whatever it is called; head: its first 64 KiB."""

    @abstractmethod
    def survey(self, path: Path, reading: Reading) -> Survey:
        """A first look at the images of a file, without decoding all of them; raises UnreadableFile."""

    @abstractmethod
    def pictures(self, path: Path, reading: Reading) -> Iterator[Picture]:
        """Every image of a file in its order, the ones that cannot be used with a reason; raises UnreadableFile."""

    def choices(self, path: Path) -> dict[str, list[str]]:
        """Nothing: all images of a file are read."""
        return {}

    def guess(self, path: Path, given: Reading) -> Reading:
        """`given` with every None that applies filled in; raises UnreadableFile."""
        return self._guessed(given, self.survey(path, given))

    def read(
        self, path: Path, reading: Reading, folder: Path, overrides: dict[str, Kind], memory_mb: int = 2000
    ) -> Contents:
        """Write folder/pixels.npy, data.parquet, rejected.parquet and images.json; raises UnreadableFile.

        reading: as `guess` returned it. overrides must be empty: labels are labels.
        """
        if overrides:
            raise UnreadableFile("The kind of a label is decided by its values", str(overrides))
        survey = self.survey(path, reading)
        how, shape = _settled(reading, survey)
        shapes.check_total(survey.count, shape)
        labels: list[str | None] = []
        names: list[str] = []
        parts: list[Part | None] = []
        rejected: list[RejectedRow] = []
        sizes: Counter[tuple[int, int]] = Counter()
        remarks: Counter[str] = Counter()
        with writer.Writer(folder / "pixels.npy", shape) as pixels:
            for picture in self.pictures(path, reading):
                image = _usable(picture, shape, how)
                if image is None:
                    rejected.append(_rejected(picture))
                    continue
                pixels.add(image)
                labels.append(picture.label)
                names.append(picture.file)
                parts.append(picture.part)
                sizes[_size(picture)] += 1
                remarks.update(picture.remarks)
        if not labels:
            raise _none_usable(rejected)
        columns = writer.write_labels(folder, labels, names, rejected, parts)
        said = (
            *survey.sentences,
            *_changes(sizes, shape, how, remarks),
            *_about_labels(labels),
            *_about_parts(parts),
        )
        known = writer.profile(pixels, labels, sizes, said)
        (folder / "images.json").write_text(known.model_dump_json(), encoding="utf-8")
        return Contents(columns, len(labels), len(rejected), image=shape)

    def preview(self, path: Path, reading: Reading, rows: int = 20, folder: Path | None = None) -> Sketch:
        """The first images as they would be read, as PNG in data URLs; raises UnreadableFile."""
        survey = self.survey(path, reading)
        how, shape = _settled(reading, survey)
        shown: list[list[str]] = []
        rejected: list[RejectedRow] = []
        seen = 0
        pictures = self.pictures(path, reading)
        for picture in islice(pictures, max(2 * rows, MOST_SHOWN)):
            seen += 1
            image = _usable(picture, shape, how)
            if image is None:
                rejected.append(_rejected(picture))
            elif len(shown) < min(rows, MOST_SHOWN):
                shown.append([data_url(image), picture.label or "", picture.file])
        complete = next(pictures, None) is None
        if complete and not shown:
            raise _none_usable(rejected)
        columns = (
            Column(name="image", kind="text"),
            Column(name="label", kind="category"),
            Column(name="file", kind="text"),
        )
        other = _changes(survey.sizes, shape, how, Counter())
        return Sketch(columns, shown, seen, rejected, (*survey.sentences, *other), complete)

    def _guessed(self, given: Reading, survey: Survey) -> Reading:
        how, _ = _settled(given, survey)
        return given.model_copy(update={"format": type(self).__module__.rsplit(".", 1)[-1], "images": how})


def _settled(reading: Reading, survey: Survey) -> tuple[ImageReading, ImageShape]:
    """The image reading without a None that applies, and the shape that it says."""
    how = survey.how
    if how.shape is not None:
        shape = shapes.parse(how.shape, survey.bits)
    else:
        shape = shapes.of_sizes(survey.sizes, survey.channels).model_copy(update={"bits": survey.bits})
    settled = {
        "shape": str(shape),
        "fit": how.fit or "crop",
        "background": how.background or "white",
    }
    return how.model_copy(update=settled), shape


def _usable(picture: Picture, shape: ImageShape, how: ImageReading) -> Pixels | None:
    return None if picture.pixels is None else fit(picture.pixels, shape, how)


def _rejected(picture: Picture) -> RejectedRow:
    return RejectedRow(
        line=picture.place, column=picture.column, reason=picture.reason, text=picture.file[:300]
    )


def _size(picture: Picture) -> tuple[int, int]:
    assert picture.pixels is not None
    return picture.pixels.shape[0], picture.pixels.shape[1]


def _none_usable(rejected: list[RejectedRow]) -> UnreadableFile:
    first = rejected[0] if rejected else RejectedRow(line=0, reason="there is none")
    return UnreadableFile(
        "At least one image must be readable",
        f"{len(rejected):,} images, none readable; image {first.line} {first.text} {first.reason}".replace(
            "  ", " "
        ),
        "Check that the files are images, or how they are read",
    )


def _changes(
    sizes: Counter[tuple[int, int]], shape: ImageShape, how: ImageReading, remarks: Counter[str]
) -> list[str]:
    """What reading changed, in sentences."""
    said = []
    others = sum(count for size, count in sizes.items() if size != (shape.height, shape.width))
    if others:
        ways = {
            "crop": "scaled and cropped",
            "pad": f"scaled and padded with {how.background}",
            "stretch": "stretched",
        }
        (least, most) = (min(sizes), max(sizes))
        spread = (
            f" from {least[0]}x{least[1]} to {most[0]}x{most[1]}"
            if least != most
            else f" {most[0]}x{most[1]}"
        )
        said.append(f"{others:,} images of other sizes{spread} were {ways[how.fit or 'crop']} to {shape}.")
    said += [
        f"{count:,} {'image' if count == 1 else 'images: each'} {remark}."
        for remark, count in remarks.items()
    ]
    return said


def _about_labels(labels: list[str | None]) -> list[str]:
    missing = sum(label is None for label in labels)
    if missing == len(labels):
        return [UNLABELLED]
    found = Counter(label for label in labels if label is not None)
    said = (
        [f"{missing:,} of {len(labels):,} images have no label; training leaves them out."] if missing else []
    )
    if len(found) == 1:
        said.append(f"Every label is {next(iter(found))!r}: training needs at least two classes.")
    return said


def _about_parts(parts: list[Part | None]) -> list[str]:
    counts = Counter(part for part in parts if part)
    if not counts:
        return []
    listed = ", ".join(f"{count:,} {part}" for part, count in counts.items())
    rest = f", {len(parts) - sum(counts.values()):,} of no part" if None in parts else ""
    return [
        f"The images come split ({listed}{rest}): kept as the column {PART}, by which recipes split them."
    ]


def data_url(image: Pixels) -> str:
    """An image (H, W, C) as PNG in a data URL; 16 bits are shown with 8."""
    from PIL import Image

    shown = (image >> 8).astype(np.uint8) if image.dtype == np.uint16 else image
    stream = io.BytesIO()
    Image.fromarray(shown[:, :, 0] if shown.shape[2] == 1 else shown).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
