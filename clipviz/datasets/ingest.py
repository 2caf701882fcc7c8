"""From an upload to a stored dataset: once, atomically, in a process that may not harm the others."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from clipviz.core.dataset import Column, Dataset, ImageShape, Kind, Reading, RejectedRow
from clipviz.core.errors import ClipvizError, NotFound
from clipviz.core.ids import is_id
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.datasets.arrival import Arrival
from clipviz.datasets.progress import Listener
from clipviz.datasets.reader_process import run

BLOCK = 1 << 20
LONGEST_NAME = 200
STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Preview:
    """The first rows of a file as they would be read.

    reading: what was used, guesses filled in. rows: cells as text, "" where missing. seen: rows looked at, rejected
    ones among them; complete: False when the file goes on. sentences: what was noticed, in words. choices: what
    else the file holds, by field of the reading (sheets, files of an archive).
    """

    reading: Reading
    columns: tuple[Column, ...]
    rows: list[list[str]]
    seen: int
    rejected: int
    rejected_rows: list[RejectedRow]
    sentences: tuple[str, ...]
    complete: bool
    choices: dict[str, list[str]] = field(default_factory=dict)


def spool(stream: IO[bytes], settings: Settings) -> Path:
    """Keep an upload at uploads/<hash of its bytes> and give that path.

    Raises UnreadableFile when it is empty or larger than settings.upload_mb, ClipvizError when the disk is full or
    read-only; no partial file stays behind.
    """
    with _blaming_the_disk("The upload could not be kept"):
        arrival = Arrival(settings)
        try:
            while block := stream.read(BLOCK):
                arrival.write(block)
            return arrival.keep()
        finally:
            arrival.abandon()


def preview(
    path_or_source: Path | str, reading: Reading, settings: Settings, rows: int = 50, name: str = ""
) -> Preview:
    """The first rows of a file, or of a kept upload by its hash, as `reading` has them.

    Raises UnreadableFile, ClipvizError when there is no room on the disk to look into it.
    Looks at the first thousand rows only; kinds may still change when the whole file is read.
    """
    source = _located(path_or_source, settings)
    with (
        _blaming_the_disk("The file could not be laid out"),
        tempfile.TemporaryDirectory(prefix="clipviz-preview-", ignore_cleanup_errors=True) as folder,
    ):
        request = {"source": str(source), "name": name, "rows": rows, "folder": folder, **_how(reading, {})}
        reply = run("preview", request, settings)
    return Preview(
        reading=Reading.model_validate(reply["reading"]),
        columns=tuple(Column.model_validate(column) for column in reply["columns"]),
        rows=reply["rows"],
        seen=reply["seen"],
        rejected=reply["rejected"],
        rejected_rows=[RejectedRow.model_validate(row) for row in reply["rejected_rows"]],
        sentences=tuple(reply["sentences"]),
        complete=reply["complete"],
        choices=reply["choices"],
    )


def ingest(
    path: Path | str,
    name: str,
    settings: Settings,
    reading: Reading = Reading(),  # noqa: B008  frozen
    who: str = "",
    overrides: Mapping[str, Kind] = {},
    target: str | None = None,
    origin: str = "",
    listener: Listener | None = None,
) -> Dataset:
    """Read a file into settings.datasets/<id> and give its record; the caller saves the record.

    The bytes are kept in settings.uploads first. The id is the hash of the bytes and of how they were read: the same
    file read the same way is a no-op that gives the same dataset. overrides: kinds by column name. listener: told how
    far reading is; what it raises, such as `Cancelled`, ends the reading, leaves no dataset, and is raised here.
    Raises UnreadableFile (the upload is kept), ClipvizError when the disk is full.
    """
    kept = keep(_located(path, settings), settings)
    with _blaming_the_disk("The dataset could not be stored"):
        settings.datasets.mkdir(parents=True, exist_ok=True)
        for folder in (settings.uploads, settings.datasets):
            remove_stale(folder)
        with tempfile.TemporaryDirectory(
            dir=settings.datasets, prefix=".part-", ignore_cleanup_errors=True
        ) as part:
            return _ingest(
                kept, name, settings, reading, who, overrides, Path(part), target, origin, listener
            )


def keep(path: Path, settings: Settings) -> Path:
    """The path of a file's bytes in settings.uploads, copied there when they are not yet; there for a day from now."""
    if path.parent.resolve() == settings.uploads.resolve() and is_id(path.name):
        with suppress(OSError):  # somebody else's: it is dated by its last use where that can be
            os.utime(path)
        return path
    with path.open("rb") as stream:
        return spool(stream, settings)


def _ingest(
    kept: Path,
    name: str,
    settings: Settings,
    reading: Reading,
    who: str,
    overrides: Mapping[str, Kind],
    part: Path,
    target: str | None,
    origin: str,
    listener: Listener | None,
) -> Dataset:
    request = {
        "source": str(kept.absolute()),
        "name": name,
        "folder": str(part.absolute()),
        "datasets": str(settings.datasets.absolute()),
        **_how(reading, overrides),
    }
    reply = run("ingest", request, settings, listener)
    if reply["known"]:
        return files.dataset(settings, reply["id"])
    names = {column["name"] for column in reply["columns"]}
    image = ImageShape.model_validate(reply["image"]) if reply["image"] else None
    if image is not None:
        target = "label"
    dataset = Dataset(
        id=reply["id"],
        name=_plain(name)[:LONGEST_NAME] or kept.name,
        source=kept.name,
        kind="table" if image is None else "images",
        image=image,
        reading=Reading.model_validate(reply["reading"]),
        columns=tuple(Column.model_validate(column) for column in reply["columns"]),
        rows=reply["rows"],
        rejected=reply["rejected"],
        bytes=kept.stat().st_size,
        target=target if target in names else None,
        origin=origin,
        created_by=who,
        created_at=datetime.now(UTC),
    )
    (part / "dataset.json").write_text(dataset.model_dump_json(), encoding="utf-8")
    try:
        part.chmod(0o755)
        part.rename(settings.datasets / dataset.id)
    except OSError:
        if not (settings.datasets / dataset.id / "dataset.json").is_file():
            raise
        return files.dataset(settings, dataset.id)  # another process was quicker
    return dataset


def _plain(name: str) -> str:
    """A file name in one line that can be stored; bytes that are no text become question marks."""
    return " ".join(name.encode("utf-8", "replace").decode("utf-8").split())


def _how(reading: Reading, overrides: Mapping[str, Kind]) -> dict[str, Any]:
    return {"reading": reading.model_dump(mode="json"), "overrides": dict(overrides)}


def _located(path_or_source: Path | str, settings: Settings) -> Path:
    """The file behind a path or the hash of a kept upload; raises NotFound."""
    place = settings.uploads / path_or_source if is_id(path_or_source) else Path(path_or_source)
    if not place.is_file():
        raise NotFound("The file must exist", repr(str(path_or_source)), "Upload it again")
    return place.absolute()


@contextmanager
def _blaming_the_disk(rule: str) -> Iterator[None]:
    """What the disk refuses, in a sentence; never taken for a fault of the file."""
    try:
        yield
    except OSError as error:
        raise ClipvizError(
            rule, error.strerror or str(error), "Make room on the disk and try again"
        ) from error


def remove_stale(folder: Path) -> None:
    """Remove the parts that a killed upload, ingest or table left behind a day ago."""
    for left in folder.glob(".part-*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
