"""Single compressed files from strangers: .gz, .bz2, .xz and .zst, unpacked within limits."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clipviz.core.errors import UnreadableFile
from clipviz.datasets.unpacking import BLOCK, LIMITS, Limits, check_total, has_lines, written

GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"


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
        written(blocks(), target, most if most and has_lines(head_of(path)) else None)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if isinstance(error, OSError) and error.errno == 28:  # disk full: not the file's fault
            raise
        raise UnreadableFile(
            f"A {kind} file must be whole",
            f"{shown}: {str(error)[:200]}",
            "Copy it again, or compress the table again",
        ) from error
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
