"""Tar archives, compressed or not: laid out as a zip beside them, so that one way of looking inside is enough."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, compressed, unpacking
from clipviz.datasets.unpacking import BLOCK, LIMITS, Limits

MAGIC, PLACE = b"ustar", slice(257, 262)


def is_tar(head: bytes, path: Path) -> bool:
    """True for a tar archive, also a compressed one; head: the first bytes of the file."""
    start = compressed.head_of(path, 512) if compressed.compression(head) else head
    return start[PLACE] == MAGIC


def as_zip(path: Path, target: Path, name: str = "", limits: Limits = LIMITS) -> Path:
    """Write the files of a tar archive as a zip at `target`, nothing compressed; folders and rubbish are left out.

    name: what the user calls the file. Raises UnreadableFile for an archive that is damaged or beyond the limits, and
    for members that are links or devices, or whose path is absolute or leads out of the archive.
    """
    shown, packed = name or path.name, path.stat().st_size
    seen = count = 0
    try:
        with (
            _stream(path) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
            zipfile.ZipFile(target, "w") as taken,
        ):
            for member in archive:
                place = member.name.removeprefix("./")
                if member.isdir() or archives.is_rubbish(place):
                    continue
                archives.check_member(place, shown, member.isreg())
                count += 1
                unpacking.check_count(count, shown, limits)
                with taken.open(zipfile.ZipInfo(place), "w", force_zip64=True) as copied:
                    for block in _blocks(archive, member):
                        seen += len(block)
                        unpacking.check_total(seen, packed, shown, limits)
                        copied.write(block)
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
        if isinstance(error, OSError) and error.errno == 28:  # disk full: not the file's fault
            raise
        raise UnreadableFile(
            "A tar archive must be whole", f"{shown}: {str(error)[:200]}", "Copy it again, or make it again"
        ) from error
    return target


def _blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(member)
    while stream is not None and (block := stream.read(BLOCK)):
        yield block


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as plain:
        packed = compressed.compression(plain.read(8))
        plain.seek(0)
        if not packed:
            yield plain
            return
    with compressed.opened(path, packed) as stream:
        yield stream
