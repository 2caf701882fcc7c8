"""Zip archives and compressed files from strangers: listed and unpacked within limits, nothing outside the target.

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
from typing import IO

from clipviz.core.errors import UnreadableFile

BLOCK = 1 << 20
GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
RUBBISH = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".git")
LONGEST_NAME = 1_000
SUSPICIOUS = 50_000_000  # an archive that unpacks to less is harmless at any ratio


@dataclass(frozen=True)
class Limits:
    """What an archive may hold.

    members: files. unpacked: bytes of all files together. ratio: unpacked by packed bytes, beyond 50 MB.
    nesting: how many archives may lie inside each other (one compressed table in a zip makes two).
    """

    members: int = 200_000
    unpacked: int = 8_000_000_000
    ratio: int = 250
    nesting: int = 2


LIMITS = Limits()


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
        return _written(blocks, target, most if most and has_lines(self.head(member)) else None)

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


def compression(head: bytes) -> str | None:
    """The compression of a single file by its first bytes: gzip, bz2, xz or zstd; None for anything else."""
    marks = {GZIP: "gzip", BZIP2: "bz2", XZ: "xz", ZSTD: "zstd"}
    return next((kind for mark, kind in marks.items() if head.startswith(mark)), None)


def decompress(
    path: Path, target: Path, name: str = "", limits: Limits = LIMITS, most: int | None = None
) -> Path:
    """Write what a .gz, .bz2, .xz or .zst file holds to the file `target`.

    most: of a text, whole lines of about so many bytes.
    Raises UnreadableFile when it is truncated or damaged, or unpacks to more than the limits allow.
    """
    shown, packed = name or path.name, path.stat().st_size
    with path.open("rb") as stream:
        kind = compression(stream.read(8))
    if kind is None:
        raise UnreadableFile("The file must be compressed", shown, "Upload it as it is")

    def blocks() -> Iterator[bytes]:
        seen = 0
        with opened(path, kind) as stream:
            while block := stream.read(BLOCK):
                seen += len(block)
                check_total(seen, packed, shown, limits)
                yield block

    try:
        _written(blocks(), target, most if most and has_lines(head_of(path)) else None)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if isinstance(error, OSError) and error.errno == 28:  # disk full: not the file's fault
            raise
        raise UnreadableFile(
            f"A {kind} file must be whole",
            f"{shown}: {str(error)[:200]}",
            "Copy it again, or compress the table again",
        ) from error
    return target


def has_lines(head: bytes) -> bool:
    """True for the first bytes of a text whose beginning can be read alone: no binary data, no document of JSON."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return b"\0" not in head and b"\n" in head and not text.startswith((b"{", b"["))


def _written(blocks: Iterator[bytes], target: Path, most: int | None) -> Path:
    """Write blocks to a file; of more than `most` bytes whole lines of so many."""
    seen = 0
    with target.open("wb") as taken:
        for block in blocks:
            if most is not None and seen + len(block) > most:
                taken.write(block[: block.rfind(b"\n") + 1])
                break
            taken.write(block)
            seen += len(block)
    return target


def head_of(path: Path, size: int = 1 << 16) -> bytes:
    """The first bytes of what a compressed file holds; b"" when they cannot be unpacked."""
    with path.open("rb") as stream:
        kind = compression(stream.read(8))
    try:
        with opened(path, kind or "") as stream:
            return stream.read(size)
    except (OSError, EOFError, zlib.error, ValueError):
        return b""


def opened(path: Path, kind: str) -> IO[bytes]:
    """What a file of this compression holds, as a stream; reading a damaged one raises as its module does."""
    import bz2
    import gzip
    import lzma

    if kind == "zstd":
        import pyarrow as pa

        stream: IO[bytes] = pa.input_stream(str(path), compression="zstd")
        return stream
    openers = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    if kind not in openers:
        raise ValueError(f"unknown compression {kind!r}")
    opened: IO[bytes] = openers[kind](path, "rb")  # type: ignore[operator]
    return opened


def _checked(file: zipfile.ZipFile, name: str, whole: int, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by path, folders and the rubbish of operating systems left out; raises UnreadableFile."""
    found: dict[str, zipfile.ZipInfo] = {}
    entries = file.infolist()
    if len(entries) > 2 * limits.members:
        raise _too_many(name, len(entries), limits)
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


def check_count(count: int, name: str, limits: Limits) -> None:
    """Refuse an archive of too many files."""
    if count > limits.members:
        raise _too_many(name, count, limits)


def check_total(size: int, packed: int, name: str, limits: Limits) -> None:
    """Refuse an archive that unpacks to too much, or to so much more than its own size that it must be a bomb."""
    if size > limits.unpacked:
        raise UnreadableFile(
            f"An archive may unpack to at most {limits.unpacked:,} bytes",
            f"more in {name}",
            "Split it, or upload the files themselves",
        )
    if size > SUSPICIOUS and size > limits.ratio * packed:
        raise UnreadableFile(
            f"An archive may unpack to at most {limits.ratio:,} times its own size",
            f"more in {name}, as archives do that are made to fill a disk",
            "Upload the file that it holds",
        )


def _too_many(name: str, count: int, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"An archive may hold at most {limits.members:,} files", f"{count:,} in {name}", "Split it"
    )


def _refused(rule: str, name: str, member: str, remedy: str) -> UnreadableFile:
    return UnreadableFile(rule, f"{member[:200]!r} in {name}", remedy)
