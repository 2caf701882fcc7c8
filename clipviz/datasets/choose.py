"""Which format a file is in: its first bytes decide, its ending breaks ties."""

from pathlib import Path

from clipviz.core.dataset import Reading
from clipviz.core.discovery import discover
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.formats.base import Format

PACKAGE = "clipviz.datasets.formats"


def suffixes() -> tuple[str, ...]:
    """The file endings of all formats, for the uploader; each with its dot."""
    return tuple(suffix for kind in discover(PACKAGE).values() for suffix in kind.suffixes)


def recognised(head: bytes, path: Path) -> bool:
    """True when some format reads this file as it is; head: its first bytes."""
    return any(kind.recognises(head, path) for kind in discover(PACKAGE).values())


def choose(path: Path, name: str, reading: Reading) -> Format:
    """The format to read a file with: the given one, else the one its bytes look like; raises UnreadableFile."""
    known: dict[str, type[Format]] = discover(PACKAGE)
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
    fitting = [kind for kind in known.values() if kind.recognises(head, path)]
    if not fitting:
        raise UnreadableFile(
            "The file must be a text table or a workbook",
            f"binary data in {_ending(name or path.name)}",
            "Save the table as one of .csv, .xlsx, .parquet or .jsonl and upload that",
        )
    fitting = [kind for kind in fitting if not kind.general] or fitting
    ending = _ending(name or path.name)
    return next((kind for kind in fitting if ending in kind.suffixes), fitting[0])()


def _ending(name: str) -> str:
    return Path(name).suffix.lower()[:20] or "a file without ending"
