"""Which format a file is in: its first bytes decide, its ending breaks ties."""

import zipfile
from pathlib import Path
from typing import Literal

from clipviz.core.dataset import Reading
from clipviz.core.discovery import discover
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, foreign
from clipviz.datasets.formats.base import Format
from clipviz.datasets.images import decode
from clipviz.datasets.images.base import ImageFormat

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
PACKAGE = "clipviz.datasets.formats"
OFFICE = (b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/", b"mimetypeapplication/vnd.oasis")


def suffixes(of: Literal["table", "images"]) -> tuple[str, ...]:
    """The file endings of all formats of tables or of images; each with its dot, once."""
    kinds = [kind for kind in discover(PACKAGE).values() if kind.kind == of]
    return tuple(dict.fromkeys(suffix for kind in kinds for suffix in kind.suffixes))


def recognised(head: bytes, path: Path) -> bool:
    """True when some format reads this file as it is; head: its first bytes."""
    return any(kind.recognises(head, path) for kind in discover(PACKAGE).values())


def unpacks_itself(reading: Reading) -> bool:
    """True when the given format is one of images, which look into archives themselves, and no member is chosen."""
    kind = discover(PACKAGE).get(reading.format or "")
    return kind is not None and kind.kind == "images" and reading.member is None


def choose(path: Path, name: str, reading: Reading) -> Format | ImageFormat:
    """The format to read a file with: the given one, else the one its bytes look like; raises UnreadableFile."""
    known: dict[str, type[Format] | type[ImageFormat]] = discover(PACKAGE)
    if reading.format is not None:
        if reading.format not in known:
            raise UnreadableFile(
                "The format must be a known one", repr(reading.format), f"Pick {', '.join(known)}"
            )
        return known[reading.format]()
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head:
        raise UnreadableFile("The file must not be empty", "0 bytes", "Upload a table with a header and rows")
    _check_whole(head, path, name)
    fitting = [kind for kind in known.values() if kind.recognises(head, path)]
    other = foreign.known(head) if all(kind.general for kind in fitting) else None
    if other is not None:
        raise UnreadableFile(
            "The file must be a table, or images, that can be read here",
            f"{other.what} ({_ending(name or path.name)})",
            other.remedy,
        )
    if not fitting:
        raise UnreadableFile(
            "The file must be a text table or a workbook",
            f"binary data in {_ending(name or path.name)}",
            "Save the table as one of .csv, .xlsx, .parquet or .jsonl, or put images as PNG or JPEG into a zip",
        )
    images = [kind for kind in fitting if kind.kind == "images"]
    # Formats of images look inside, so they are never wrong about an archive.
    fitting = images or [kind for kind in fitting if not kind.general] or fitting
    ending = _ending(name or path.name)
    return next((kind for kind in fitting if ending in kind.suffixes), fitting[0])()


def _check_whole(head: bytes, path: Path, name: str) -> None:
    """Refuse a zip without its end and a lone image that cannot be decoded, in the words for what they are."""
    if archives.is_zip(head) and not zipfile.is_zipfile(path):
        office = _ending(name or path.name) in WORKBOOKS or any(mark in head[:4096] for mark in OFFICE)
        raise UnreadableFile(
            "A workbook must be a whole .xlsx file" if office else "An archive must be a whole .zip file",
            f"the beginning of one ({name or path.name})",
            "Open it and save it again, or copy it again" if office else "Copy it again, or make it again",
        )
    if head.startswith(decode.MARKS):
        try:
            decode.look(path.read_bytes())
        except decode.Unusable as error:
            raise UnreadableFile(
                "An image must be readable",
                f"{name or path.name}, which {error}",
                "Export it again as PNG or JPEG",
            ) from error


def _ending(name: str) -> str:
    return Path(name).suffix.lower()[:20] or "a file without ending"
