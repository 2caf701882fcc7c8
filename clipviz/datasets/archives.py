"""Zip archives from strangers: listed and unpacked within limits, nothing outside the target.

Every refusal names the file, the member, the rule and the remedy. Members are never written under their own names:
the caller says where the bytes go.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from clipviz.core.errors import UnreadableFile
from clipviz.datasets.unpacking import (
    BLOCK,
    LIMITS,
    Limits,
    check_count,
    check_total,
    has_lines,
    too_many,
    written,
)

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
RUBBISH = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".git")
LONGEST_NAME = 1_000


@dataclass(frozen=True)
class Member:
    """A file of an archive: its path there with forward slashes, its bytes when unpacked, its bytes in the archive."""

    name: str
    size: int
    packed: int

    @property
    def suffix(self) -> str:
        """The ending, in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()


class Archive:
    """An opened zip whose list of members has been checked; made by `open_zip`."""

    def __init__(self, file: zipfile.ZipFile, name: str, whole: int, limits: Limits) -> None:
        self._file, self._name, self._limits = file, name, limits
        self._entries = _checked(file, name, whole, limits)
        self.members: tuple[Member, ...] = tuple(
            Member(path, entry.file_size, entry.compress_size) for path, entry in self._entries.items()
        )

    def read(self, member: str, most: int = 100_000_000) -> bytes:
        """The bytes of a member; raises UnreadableFile when it is damaged or has more than `most` bytes."""
        return b"".join(self.blocks(member, most))

    def head(self, member: str, size: int = 4096) -> bytes:
        """The first bytes of a member, to tell what it is; b"" when it is damaged."""
        try:
            with self._file.open(self._entries[member]) as stream:
                return stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
            return b""

    def extract(self, member: str, target: Path, most: int | None = None) -> Path:
        """Write the bytes of a member to the file `target`; raises UnreadableFile, OSError when the disk is full.

        most: of a text, whole lines of about so many bytes.
        """
        blocks = self.blocks(member, self._limits.unpacked)
        return written(blocks, target, most if most and has_lines(self.head(member)) else None)

    def blocks(self, member: str, most: int) -> Iterator[bytes]:
        """The member's bytes, block by block; the declared size is not trusted but enforced. Raises as `read` does."""
        if member not in self._entries:
            raise _refused(
                "A member must be in the archive", self._name, member, "Pick one that the archive lists"
            )
        entry = self._entries[member]
        allowed = min(most, entry.file_size)
        if entry.file_size > most:
            raise _refused(
                f"A member may unpack to at most {most:,} bytes", self._name, member, "Make it smaller"
            )
        seen = 0
        try:
            with self._file.open(entry) as stream:
                while block := stream.read(BLOCK):
                    seen += len(block)
                    if seen > allowed:
                        raise _refused(
                            "A member must not unpack to more than the archive says",
                            self._name,
                            member,
                            "Make the archive again",
                        )
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise _refused(
                f"A member must be whole ({str(error)[:100]})", self._name, member, "Make the archive again"
            ) from error


@contextmanager
def open_zip(path: Path, name: str = "", limits: Limits = LIMITS) -> Iterator[Archive]:
    """A zip archive with all of its members checked before anything is unpacked.

    name: what the user calls the file. Raises UnreadableFile for a damaged archive, one beyond the limits, and for
    members that are encrypted, links or devices, or whose path is absolute or leads out of the archive.
    """
    shown = name or path.name
    try:
        file = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableFile(
            "An archive must be a whole zip file",
            f"{shown}: {str(error)[:200]}",
            "Copy it again, or make the archive again",
        ) from error
    with file:
        yield Archive(file, shown, path.stat().st_size, limits)


def is_zip(head: bytes) -> bool:
    return head.startswith(ZIP)


def _checked(file: zipfile.ZipFile, name: str, whole: int, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by path, folders and the rubbish of operating systems left out; raises UnreadableFile."""
    found: dict[str, zipfile.ZipInfo] = {}
    entries = file.infolist()
    if len(entries) > 2 * limits.members:
        raise too_many(name, len(entries), limits)
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if entry.is_dir() or is_rubbish(path):
            continue
        check_member(path, name, stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG))
        if entry.flag_bits & 0x1:
            raise _refused(
                "A member must not be encrypted", name, path, "Make the archive without a password"
            )
        if path in found:
            raise _refused("A member must be in the archive once", name, path, "Make the archive again")
        found[path] = entry
    check_count(len(found), name, limits)
    # Members may overlap: what they claim together can exceed the file.
    packed = min(whole, sum(entry.compress_size for entry in found.values()))
    check_total(sum(entry.file_size for entry in found.values()), packed, name, limits)
    return found


def is_rubbish(path: str) -> bool:
    """True for what operating systems leave in archives."""
    return any(part in RUBBISH or part.startswith("._") for part in path.split("/"))


def check_member(path: str, name: str, plain: bool) -> None:
    """Refuse a member that is no plain file, or whose path is absolute, leads out of the archive or is too long."""
    if not plain:
        raise _refused("A member must be a file, no link or device", name, path, "Put the file itself in")
    if path.startswith("/") or PureWindowsPath(path).drive:
        raise _refused("A member must not have an absolute path", name, path, "Use paths inside the archive")
    if ".." in path.split("/") or not path or len(path) > LONGEST_NAME or "\0" in path:
        raise _refused("A member's path must stay inside the archive", name, path, "Make the archive again")


def _refused(rule: str, name: str, member: str, remedy: str) -> UnreadableFile:
    return UnreadableFile(rule, f"{member[:200]!r} in {name}", remedy)
