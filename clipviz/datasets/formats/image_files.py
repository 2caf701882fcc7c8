"""A zip of image files: a folder for each class, or a table with file names and labels beside them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Literal

from clipviz.core.dataset import ImageReading, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, given_parts
from clipviz.datasets.archives import Archive
from clipviz.datasets.given_parts import Part
from clipviz.datasets.images import listing, opened
from clipviz.datasets.images.base import ImageFormat
from clipviz.datasets.images.decode import MARKS, SUFFIXES, Unusable, decode, decode_and_remark, look
from clipviz.datasets.images.listing import Listing
from clipviz.datasets.images.picture import Picture, Survey

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
SURVEYED = 4_000
LARGEST_FILE = 200_000_000


@dataclass(frozen=True)
class _Pile:
    """The files of an archive. files: images in order, and whatever else is no table. classes: label by image. parts:
    of the split that it gives, by image. unused: why a table says nothing of the images, by its name."""

    archive: Archive | None
    alone: Path
    files: tuple[str, ...]
    classes: dict[str, str | None]
    parts: Mapping[str, Part] = field(default_factory=dict)
    table: Listing | None = None
    unused: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[str, ...] = field(default=())

    def read(self, name: str) -> bytes:
        if self.archive is None:
            return self.alone.read_bytes()
        return self.archive.read(name, LARGEST_FILE)


class ImageFiles(ImageFormat):
    """Image files in a zip, or a single one: PNG, JPEG, GIF, BMP, TIFF, WebP, PPM."""

    suffixes: ClassVar[tuple[str, ...]] = (".zip", *SUFFIXES)
    title: ClassVar[str] = "Image files"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        if not archives.is_zip(head):
            return head.startswith((*MARKS, b"BM", b"RIFF")) and _is_whole(path)
        names = opened.names(path, head)
        office = "[Content_Types].xml" in names or "mimetype" in names
        if office or any(_is_image(name) for name in names):
            return not office
        heads = opened.heads(path, head)  # names without endings
        return len(heads) > 0 and 2 * sum(start.startswith(MARKS) for start in heads) >= len(heads)

    def choices(self, path: Path) -> dict[str, list[str]]:
        """The columns that may hold the labels, of a table beside the images."""
        with _pile(path, ImageReading()) as pile:
            return {"label_column": list(pile.table.columns)} if pile.table else {}

    def survey(self, path: Path, reading: Reading) -> Survey:
        how = reading.images or ImageReading()
        with _pile(path, how) as pile:
            if pile.table and pile.table.column:
                how = how.model_copy(update={"label_column": pile.table.column})
            sizes: Counter[tuple[int, int]] = Counter()
            colour, bits = False, 8
            images = [name for name in pile.files if name in pile.classes or _is_image(name)] or list(
                pile.files
            )
            for name in images[:: max(1, len(images) // SURVEYED)]:
                try:
                    seen = look(pile.read(name))
                except (Unusable, UnreadableFile):
                    continue
                sizes[seen.height, seen.width] += 1
                colour, bits = colour or seen.colour, max(bits, seen.bits)
            if not sizes:
                raise _nothing(pile)
            channels: Literal[1, 3] = 3 if colour and not _secretly_grey(pile, images) else 1
            said = list(pile.sentences)
            if colour and channels == 1:
                said.append("Saved in colour, but every pixel looked at is grey: read as grey.")
            deep: Literal[8, 16] = 16 if bits == 16 else 8
            return Survey(how, len(pile.files), sizes, channels, deep, tuple(said))

    def pictures(self, path: Path, reading: Reading) -> Iterator[Picture]:
        how = reading.images or ImageReading()
        with _pile(path, how) as pile:
            for place, name in enumerate(pile.files, start=1):
                yield _picture(pile, place, name, how.background or "white")
            for line, said in pile.table.absent if pile.table else ():
                column = f"{pile.table.name}, line {line}" if pile.table else ""
                yield Picture(
                    len(pile.files) + line, said, reason="is named in the table, but not there", column=column
                )


def _picture(pile: _Pile, place: int, name: str, background: str) -> Picture:
    if name in pile.unused:
        return Picture(place, name, reason=pile.unused[name])
    try:
        pixels, remarks = decode_and_remark(pile.read(name), background)
        label, part = pile.classes.get(name), pile.parts.get(name)
        return Picture(place, name, label, pixels, remarks=remarks, part=part)
    except Unusable as error:
        return Picture(place, name, reason=str(error))
    except UnreadableFile as error:
        return Picture(place, name, reason=f"cannot be unpacked: {error.rule}")


@contextmanager
def _pile(path: Path, how: ImageReading) -> Iterator[_Pile]:
    with path.open("rb") as stream:
        head = stream.read(16)
    if not archives.is_zip(head):
        yield _Pile(None, path, ("",), {})
        return
    with archives.open_zip(path, opened.ARCHIVE) as archive:
        names = [member.name for member in archive.members]
        images = [name for name in names if _is_image(name)]
        images = images or [name for name in names if archive.head(name, 16).startswith(MARKS)]
        table, unused = _tables(archive, names, images, how.label_column)
        files = tuple(name for name in names if table is None or name != table.name)
        placed = given_parts.folders(images)
        classes, said = _classes(images, table, {name: folder for name, (_, folder) in placed.items()})
        parts = {name: part for name, (part, _) in placed.items() if part} or (table.parts if table else {})
        said += tuple(f"{name} {why}." for name, why in unused.items())
        yield _Pile(archive, path, files, classes, parts, table, unused, said)


def _tables(
    archive: Archive, names: Sequence[str], images: Sequence[str], label: str | None
) -> tuple[Listing | None, dict[str, str]]:
    """(the table of the archive that names most of its images, None without one; why each other one is not used)."""
    found: list[Listing] = []
    unused: dict[str, str] = {}
    with TemporaryDirectory(prefix=".listing-") as scratch:
        for number, name in enumerate(name for name in names if name.lower().endswith(TABLES)):
            if number == 20:
                break
            read = listing.read(archive.extract(name, Path(scratch) / str(number)), name, images, label)
            if isinstance(read, Listing):
                found.append(read)
            elif read:
                unused[name] = read
    return max(found, key=lambda each: len(each.labels), default=None), unused


def _classes(
    images: Sequence[str], table: Listing | None, inner: Mapping[str, str]
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The label of each image, from the table or else from the folder that it lies in; and how, in words."""
    if table is not None:
        return dict(table.labels), tuple(_about(table, images))
    found = sorted(set(inner.values()))
    if len(found) < 2:
        where = (
            f"all images lie in one folder, {found[0]}"
            if found and found[0]
            else "the images lie in no folder that names one"
        )
        return {}, (f"No classes were found: {where}.",)
    classes = [name for name in found if name]
    shown = ", ".join(classes[:5]) + (" …" if len(classes) > 5 else "")
    said = f"Each folder is a class: {len(classes):,} classes, {shown}."
    return {name: folder or None for name, folder in inner.items()}, (said,)


def _about(table: Listing, images: Sequence[str]) -> Iterator[str]:
    if table.column:
        yield f"Labels are from the column {table.column} of {table.name}."
    else:
        yield f"Each column of {table.name} with a 1 in its rows is a class."
    unnamed = sum(name not in table.labels for name in images)
    if unnamed:
        yield f"{unnamed:,} images are not named in {table.name}."
    if table.doubled:
        yield f"{table.doubled:,} rows of {table.name} give an image a second, different label; the first counts."


def _secretly_grey(pile: _Pile, images: Sequence[str], sample: int = 60) -> bool:
    """True when none of some images, decoded, has a pixel that is not grey."""
    for name in images[:: max(1, len(images) // sample)]:
        try:
            pixels = decode(pile.read(name), "white")
        except (Unusable, UnreadableFile):
            continue
        if pixels.shape[2] == 3 and not (pixels == pixels[:, :, :1]).all():
            return False
    return True


def _nothing(pile: _Pile) -> UnreadableFile:
    name = pile.files[0] if pile.files else ""
    try:
        look(pile.read(name))
        reason = ""
    except (Unusable, UnreadableFile) as error:
        reason = f"; {name or 'the file'} {error}"
    return UnreadableFile(
        "At least one image must be readable",
        f"{len(pile.files):,} files, none readable{reason}",
        "Save the images as PNG or JPEG",
    )


def _is_whole(path: Path) -> bool:
    try:
        look(path.read_bytes())
    except Unusable:
        return False
    return True


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
