"""Several dropped files that are one dataset: kept as one archive, packed here, opened only by the reading process."""

import json
import os
import zipfile
from collections.abc import Container, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path, PurePosixPath
from typing import IO

from clipviz.core.errors import ClipvizError, NotFound
from clipviz.core.settings import Settings
from clipviz.datasets.arrival import Arrival
from clipviz.datasets.images.decode import SUFFIXES
from clipviz.datasets.images.pairs import pair
from clipviz.datasets.ingest import BLOCK
from clipviz.datasets.progress import Listener, Progress

LONE = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".npz", ".parquet", ".arrow", ".feather",
        ".ods", ".json", ".jsonl")  # fmt: skip
EARLIEST = (1980, 1, 1, 0, 0, 0)


def groups(names: Sequence[str]) -> list[list[int]]:
    """Positions of the files that belong together, by their names and paths; every file is in one group.

    Image files are one group with the tables beside them; images and labels whose names differ only in that
    (x_train.npy and y_train.npy, images.csv and labels.csv) are a pair, and all pairs of one kind are one group; any
    other file stands alone.
    """
    images = [at for at, name in enumerate(names) if name.lower().endswith(SUFFIXES)]
    if images:
        lone = [at for at, name in enumerate(names) if name.lower().endswith(LONE)]
        together = [at for at in range(len(names)) if at not in set(lone)]
        return [together, *[[at] for at in lone]]
    place = {name: at for at, name in enumerate(names) if not name.lower().endswith(LONE)}
    paired: dict[str, list[int]] = {}
    for first, second in pair(place):
        paired.setdefault(_kind(first), []).extend([place[first], place[second]])
    done = {at for group in paired.values() for at in group}
    return [*paired.values(), *[[at] for at in range(len(names)) if at not in done]]


def title(names: Sequence[str]) -> str:
    """A name for files that belong together: the folder that holds all of them, else the first with a count."""
    roots = {PurePosixPath(name.replace("\\", "/")).parts[0] for name in names if "/" in name or "\\" in name}
    if len(roots) == 1 and all("/" in name or "\\" in name for name in names):
        return roots.pop()
    return names[0] if len(names) == 1 else f"{PurePosixPath(names[0]).name} and {len(names) - 1} more"


def pack(
    files: Sequence[tuple[str, IO[bytes] | Path]], settings: Settings, listener: Listener | None = None
) -> Path:
    """Keep files, each with its path in there, as one zip in settings.uploads; their order changes nothing.

    Nothing is looked into here, and nothing is compressed. listener: told how many bytes are packed; what it raises
    ends the packing and leaves nothing. Raises UnreadableFile when they are larger than an upload may be, NotFound when
    one is gone, ClipvizError when the disk is full.
    """
    total, done = sum(_size(path, given) for path, given in files), 0
    arrival = Arrival(settings)
    taker = _Taker(arrival)
    try:
        archive = zipfile.ZipFile(taker, "w")
        for path, given in sorted(files, key=lambda file: file[0]):
            opened = given.open("rb") if isinstance(given, Path) else nullcontext(given)
            with (
                opened as stream,
                archive.open(zipfile.ZipInfo(path, EARLIEST), "w", force_zip64=True) as member,
            ):
                while block := stream.read(BLOCK):
                    member.write(block)
                    done += len(block)
                    if listener is not None:
                        listener(Progress(done, total, "packing"))
        archive.close()
        return arrival.keep()
    except OSError as error:
        raise ClipvizError(
            "The upload could not be kept",
            error.strerror or str(error),
            "Make room on the disk and upload it again",
        ) from error
    finally:
        taker.over = True
        arrival.abandon()


def forget(parts: Iterable[Path], settings: Settings, busy: Container[str] = ()) -> None:
    """Remove uploads that were packed into another one, but not those that a dataset came from.

    busy: names of uploads that somebody else is reading now.
    """
    read = {json.loads(each.read_bytes())["source"] for each in settings.datasets.glob("*/dataset.json")}
    for part in parts:
        if part.name not in read and part.name not in busy:
            part.unlink(missing_ok=True)


class _Taker:
    """What zipfile writes to: an upload on its way to disk; nothing any more once it is over."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival, self.over = arrival, False

    def write(self, block: bytes) -> int:
        if not self.over:
            self.over = True  # also when the next line raises
            self._arrival.write(bytes(block))
            self.over = False
        return len(block)

    def flush(self) -> None:
        """Nothing to do: Arrival keeps the bytes once it is asked to."""

    def close(self) -> None:
        """Nothing to do either."""


def _size(path: str, given: IO[bytes] | Path) -> int:
    if isinstance(given, Path):
        if not given.is_file():  # somebody else has packed the same file meanwhile
            raise NotFound("A file must be here to be packed", repr(path[:200]), "Drop the files again")
        return given.stat().st_size
    size = given.seek(0, os.SEEK_END)
    given.seek(0)
    return size


def _kind(name: str) -> str:
    suffix = PurePosixPath(name.lower()).suffix
    return "idx" if suffix in ("", ".gz", ".idx") or "ubyte" in suffix else suffix
