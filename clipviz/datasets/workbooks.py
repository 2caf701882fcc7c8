"""Opening workbooks of strangers: whole, without a password, and no bigger than they say."""

import mmap
import zipfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, unpacking

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
OPENDOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
LIMITS = unpacking.Limits(members=20_000, unpacked=2_000_000_000)


def recognises(head: bytes, path: Path) -> bool:
    """True for a file that is a workbook, by its first bytes and its parts."""
    return head.startswith(COMPOUND) or (archives.is_zip(head) and _has_parts(path))


def sheet_names(path: Path) -> tuple[list[str], list[str]]:
    """(sheets that are shown, hidden ones), each in their order; raises UnreadableFile, also where there is none."""
    known = [each for each in _opened(path).sheets_metadata if str(each.typ).endswith(".WorkSheet")]
    if not known:
        raise UnreadableFile("A workbook must hold a sheet", "none", "Add a sheet with a table")
    shown = [str(each.name) for each in known if str(each.visible).endswith(".Visible")]
    return shown, [str(each.name) for each in known if str(each.name) not in shown]


def sheet(path: Path, name: str) -> Any:
    """One sheet as calamine has it; the last one is kept, for it is looked at several times and parsing is most of the
    work. Raises UnreadableFile."""
    known = path.stat()
    return _parsed(path, name, known.st_size, known.st_mtime_ns)


def forget() -> None:
    """Let go of the sheet that was parsed last."""
    _parsed.cache_clear()


def part_of(archive: archives.Archive, name: str) -> str | None:
    """The member of an .xlsx that holds a sheet; None where the workbook does not say so in the usual way."""
    from xml.etree import ElementTree

    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml", 10_000_000))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels", 10_000_000))
    except (UnreadableFile, ElementTree.ParseError):
        return None
    ids = [
        next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")
        for entry in book.iter()
        if entry.tag.endswith("}sheet") and entry.get("name") == name
    ]
    targets = {entry.get("Id", ""): entry.get("Target", "") for entry in links}
    found = targets.get(ids[0], "") if len(ids) == 1 else ""
    part = found.lstrip("/") if found.startswith("/") else str(PurePosixPath("xl") / found)
    return part if found and any(member.name == part for member in archive.members) else None


def _has_parts(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            opendocument = "mimetype" in names and archive.getinfo("mimetype").file_size < 200
            return bool(names & set(PARTS)) or (
                opendocument and archive.read("mimetype").startswith(OPENDOCUMENT)
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return True  # damaged: said by whoever opens it


def _opened(path: Path) -> Any:
    """The opened workbook; raises UnreadableFile for anything that is not one, or would unpack to too much."""
    import python_calamine

    with path.open("rb") as stream:
        head = stream.read(8)
        if head.startswith(COMPOUND):
            _refuse_locked(path)
        else:
            _check_whole(path)
            with archives.open_zip(path, "the workbook", LIMITS) as archive:
                _refuse_locked_parts(archive)
        try:
            stream.seek(0)
            return python_calamine.CalamineWorkbook.from_filelike(stream)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise _damaged(error) from error


@lru_cache(maxsize=1)
def _parsed(path: Path, name: str, size: int, changed: int) -> Any:
    import python_calamine

    workbook = _opened(path)
    try:
        return workbook.get_sheet_by_name(name)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error


def _check_whole(path: Path) -> None:
    try:
        zipfile.ZipFile(path).close()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            "A workbook must be a whole .xlsx file, an archive a whole .zip file",
            str(error)[:200],
            "Open it and save it again, or copy it again",
        ) from error


def _refuse_locked(path: Path) -> None:
    """Refuse a compound file that is an encrypted workbook: its directory names the encrypted package."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise _locked()


def _refuse_locked_parts(archive: archives.Archive) -> None:
    manifest = next((each for each in archive.members if each.name == "META-INF/manifest.xml"), None)
    if manifest is not None and b"encryption-data" in archive.read(manifest.name, 10_000_000):
        raise _locked()


def _locked() -> UnreadableFile:
    return UnreadableFile(
        "A workbook must not ask for a password",
        "an encrypted one",
        "Open it, take the password away, save it and upload that",
    )


def _damaged(error: BaseException) -> UnreadableFile:
    return UnreadableFile("The workbook is damaged", str(error)[:200], "Open it in Excel and save it again")
