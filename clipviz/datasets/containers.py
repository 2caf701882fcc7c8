"""Tables that come compressed or in a zip: found, unpacked beside the dataset, read like any other."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, compressed, tars, unpacking
from clipviz.datasets.choose import recognised, suffixes, unpacks_itself

ENDINGS = (".gz", ".zst", ".bz2", ".xz", ".zip")
MOST_SHOWN = 500


@dataclass(frozen=True)
class Unpacked:
    """The table itself: where it lies, what it is called, which member of an archive it is, what else there was.

    choices: the tables of an archive that holds several. notes: sentences about it.
    """

    path: Path
    name: str
    member: str | None = None
    choices: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    scratch: Path | None = None

    def clear(self) -> None:
        """Remove what was unpacked."""
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)


def unwrap(path: Path, name: str, given: Reading, folder: Path, most: int | None = None) -> Unpacked:
    """The table inside of a compressed file or a zip, unpacked in `folder`; any other file as it is.

    A file that a format reads as it stands (a workbook is a zip, too; images come in zips) is left alone. Of several
    tables in a zip, the one that `given.member` names, else the largest. A tar archive is made a zip first. most: of a
    text, whole lines of about so many bytes are enough. Raises UnreadableFile for archives beyond the
    limits of `archives`, without a table, or nested too deep.
    """
    name, head = name or path.name, _head(path)
    scratch: Path | None = None
    if tars.is_tar(head, path):
        scratch = Path(tempfile.mkdtemp(prefix=".unpacked-", dir=folder))
        path = tars.as_zip(path, scratch / "tar.zip", name)
        head = _head(path)
    if not _packed(head) or unpacks_itself(given) or recognised(head, path):
        return Unpacked(path, name, scratch=scratch)
    scratch = scratch or Path(tempfile.mkdtemp(prefix=".unpacked-", dir=folder))
    found = Unpacked(path, name, scratch=scratch)
    for depth in range(unpacking.LIMITS.nesting + 1):
        head = _head(found.path)
        if not _packed(head) or recognised(head, found.path):
            return found
        if depth == unpacking.LIMITS.nesting:
            break
        found = _opened(found, given, scratch / str(depth), head, most)
    raise UnreadableFile(
        f"Archives may lie in each other {unpacking.LIMITS.nesting} deep",
        f"more in {name}",
        "Unpack them first",
    )


def _opened(found: Unpacked, given: Reading, target: Path, head: bytes, most: int | None) -> Unpacked:
    if not archives.is_zip(head):
        compressed.decompress(found.path, target, found.name, most=most)
        inner = Path(found.name)
        name = inner.stem if inner.suffix.lower() in ENDINGS else found.name
        kind = compressed.compression(head)
        notes = (*found.notes, f"The file is compressed ({kind}).")
        return Unpacked(target, name, found.member, found.choices, notes, found.scratch)
    with archives.open_zip(found.path, found.name) as archive:
        tables = _tables(archive)
        if not tables:
            raise UnreadableFile(
                "An archive must hold a table",
                f"{found.name} with {_listed([member.name for member in archive.members])}",
                f"Put in one of {', '.join(suffixes('table'))}, or images, or unpack it and upload the table inside",
            )
        names = [member.name for member in tables]
        inner_most = found.member is not None
        wanted = None if inner_most else given.member
        if wanted is not None and wanted not in names:
            raise UnreadableFile(
                "The file must be one of the archive", repr(wanted), f"Pick one of {_listed(names)}"
            )
        chosen = wanted or max(tables, key=lambda member: member.size).name
        archive.extract(chosen, target, most)
    notes = (f"Read {chosen} of the archive." if len(names) == 1 else _several(chosen, len(names)),)
    choices = found.choices or ({"member": names[:MOST_SHOWN]} if len(names) > 1 else {})
    return Unpacked(target, chosen, found.member or chosen, choices, (*found.notes, *notes), found.scratch)


def _several(chosen: str, count: int) -> str:
    return f"The archive holds {count:,} tables; {chosen} was read, another can be chosen."


def _tables(archive: archives.Archive) -> list[archives.Member]:
    """Members whose ending is one of a table, also when they are compressed once more, in the order of their names."""
    known = (*suffixes("table"), *ENDINGS)
    return sorted(
        (member for member in archive.members if member.suffix in known and member.size),
        key=lambda member: member.name,
    )


def _packed(head: bytes) -> bool:
    return archives.is_zip(head) or compressed.compression(head) is not None


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1 << 16)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5]) or "nothing"
    return shown + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
