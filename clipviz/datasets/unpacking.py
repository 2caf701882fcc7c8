"""How much a packed file may unpack to, and how it is written while that is watched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clipviz.core.errors import UnreadableFile

BLOCK = 1 << 20
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


def has_lines(head: bytes) -> bool:
    """True for the first bytes of a text whose beginning can be read alone: no binary data, no document of JSON."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return b"\0" not in head and b"\n" in head and not text.startswith((b"{", b"["))


def written(blocks: Iterator[bytes], target: Path, most: int | None) -> Path:
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


def check_count(count: int, name: str, limits: Limits) -> None:
    """Refuse an archive of too many files."""
    if count > limits.members:
        raise too_many(name, count, limits)


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


def too_many(name: str, count: int, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"An archive may hold at most {limits.members:,} files", f"{count:,} in {name}", "Split it"
    )
