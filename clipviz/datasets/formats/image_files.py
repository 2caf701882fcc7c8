"""A zip of image files: a folder for each class, or a table with file names and labels beside them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import ClassVar, Literal

from clipviz.core.dataset import ImageReading, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives
from clipviz.datasets.archives import Archive
from clipviz.datasets.images import listing, opened
from clipviz.datasets.images.base import ImageFormat
from clipviz.datasets.images.decode import MARKS, SUFFIXES, Unusable, decode, decode_and_remark, look
from clipviz.datasets.images.listing import Listing
from clipviz.datasets.images.picture import Picture, Survey

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls")
SURVEYED = 4_000
LARGEST_FILE = 200_000_000


@dataclass(frozen=True)
class _Pile:
    """The files of an archive. files: images in order, and whatever else is no table. classes: label by image."""

    archive: Archive | None
    alone: Path
    files: tuple[str, ...]
    classes: dict[str, str | None]
    table: Listing | None = None
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

    def survey(self, path: Path, reading: Reading) -> Survey:
        how = reading.images or ImageReading()
        with _pile(path) as pile:
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
        background = (reading.images.background if reading.images else None) or "white"
        with _pile(path) as pile:
            for place, name in enumerate(pile.files, start=1):
                yield _picture(pile, place, name, background)
            for line, said in pile.table.absent if pile.table else ():
                column = f"{pile.table.name}, line {line}" if pile.table else ""
                yield Picture(
                    len(pile.files) + line, said, reason="is named in the table, but not there", column=column
                )


def _picture(pile: _Pile, place: int, name: str, background: str) -> Picture:
    try:
        pixels, remarks = decode_and_remark(pile.read(name), background)
        return Picture(place, name, pile.classes.get(name), pixels, remarks=remarks)
    except Unusable as error:
        return Picture(place, name, reason=str(error))
    except UnreadableFile as error:
        return Picture(place, name, reason=f"cannot be unpacked: {error.rule}")


@contextmanager
def _pile(path: Path) -> Iterator[_Pile]:
    with path.open("rb") as stream:
        head = stream.read(16)
    if not archives.is_zip(head):
        yield _Pile(None, path, ("",), {})
        return
    with archives.open_zip(path, opened.ARCHIVE) as archive:
        names = [member.name for member in archive.members]
        images = [name for name in names if _is_image(name)]
        images = images or [name for name in names if archive.head(name, 16).startswith(MARKS)]
        table = _table(archive, names, images)
        files = tuple(name for name in names if table is None or name != table.name)
        classes, sentences = _classes(images, table)
        yield _Pile(archive, path, files, classes, table, sentences)


def _table(archive: Archive, names: Sequence[str], images: Sequence[str]) -> Listing | None:
    """The table of the archive that names most of its images; None where there is none."""
    found: list[Listing] = []
    with TemporaryDirectory(prefix=".listing-") as scratch:
        for number, name in enumerate(name for name in names if name.lower().endswith(TABLES)):
            if number == 20:
                break
            read = listing.read(archive.extract(name, Path(scratch) / str(number)), name, images)
            found += [read] if read is not None else []
    return max(found, key=lambda each: len(each.labels), default=None)


def _classes(images: Sequence[str], table: Listing | None) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The label of each image, from the table or else from the folder that it lies in; and how, in words."""
    if table is not None:
        unnamed = sum(name not in table.labels for name in images)
        said = [f"Labels are from the column {table.column} of {table.name}."]
        said += [f"{unnamed:,} images are not named in {table.name}."] if unnamed else []
        said += (
            [
                f"{table.doubled:,} rows of {table.name} give an image a second, different label; the first counts."
            ]
            if table.doubled
            else []
        )
        return dict(table.labels), tuple(said)
    folders = {name: PurePosixPath(name).parent.name for name in images}
    found = sorted(set(folders.values()))
    if len(found) < 2:
        where = (
            f"all images lie in one folder, {found[0]}"
            if found and found[0]
            else "the images lie in no folder"
        )
        return {}, (f"No classes were found: {where}.",)
    labels = {name: folder or None for name, folder in folders.items()}
    classes = [name for name in found if name]
    shown = ", ".join(classes[:5]) + (" …" if len(classes) > 5 else "")
    return labels, (f"Each folder is a class: {len(classes):,} classes, {shown}.",)


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
