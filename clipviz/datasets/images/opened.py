"""A file, a compressed file, or the files of a zip: as plain files in a scratch folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, compressed

ARCHIVE = "the archive"
"""What sentences call an upload: its own name is a hash here."""


@contextmanager
def unpacked(path: Path) -> Iterator[list[tuple[str, Path]]]:
    """(name, file) of a plain or compressed file, or of each member of a zip, compressed ones unpacked too.

    Raises UnreadableFile for archives that are damaged, dangerous or too large.
    """
    with path.open("rb") as stream:
        head = stream.read(16)
    with TemporaryDirectory(prefix=".unpacked-") as scratch:
        place = Path(scratch)
        if not archives.is_zip(head):
            yield [("", _plain(path, place / "0", "the file"))]
            return
        with archives.open_zip(path, ARCHIVE) as archive:
            found = []
            for number, member in enumerate(archive.members):
                file = archive.extract(member.name, place / f"{number}.packed")
                found.append((member.name, _plain(file, place / str(number), member.name)))
        yield found


@contextmanager
def unpacked_tables(path: Path) -> Iterator[list[tuple[str, Path]]]:
    """As `unpacked`, but a workbook, which is a zip as well, is one file. Raises UnreadableFile."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head or b"mimetype" in head[:64]:
        yield [("", path)]
        return
    with unpacked(path) as files:
        yield files


def heads(path: Path, head: bytes, most: int = 6) -> list[bytes]:
    """The first bytes of what a file holds: of itself, of what it compresses, or of the first members of a zip.

    [] for a damaged or dangerous archive, which is refused once it is opened.
    """
    if compressed.compression(head):
        return [compressed.head_of(path, 512)]  # little, so that a file cut off later is still known
    if not archives.is_zip(head):
        return [head]
    try:
        with archives.open_zip(path, ARCHIVE) as archive:
            return [inside(archive.head(member.name)) for member in archive.members[:most]]
    except UnreadableFile:
        return []


def _plain(file: Path, target: Path, name: str) -> Path:
    with file.open("rb") as stream:
        packed = compressed.compression(stream.read(16))
    return compressed.decompress(file, target, name) if packed else file


def names(path: Path, head: bytes) -> list[str]:
    """The paths of the files in a zip; [] for anything else, and for a damaged or dangerous zip."""
    if not archives.is_zip(head):
        return []
    try:
        with archives.open_zip(path, ARCHIVE) as archive:
            return [member.name for member in archive.members]
    except UnreadableFile:
        return []


def inside(head: bytes) -> bytes:
    """The first bytes of a member, behind gzip's head where it is packed once more."""
    import zlib

    if compressed.compression(head) != "gzip":
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 4096)
    except zlib.error:
        return b""
