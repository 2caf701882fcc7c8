"""Several dropped files that are one dataset: kept as one archive, packed here, opened only by the reading process."""

import os
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import IO

from clipviz.core.errors import ClipvizError
from clipviz.core.settings import Settings
from clipviz.datasets.images.decode import SUFFIXES
from clipviz.datasets.images.pairs import pair
from clipviz.datasets.ingest import BLOCK, spool

LONE = (".zip", ".npz", ".parquet", ".arrow", ".feather", ".ods", ".json", ".jsonl")
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


def pack(files: Sequence[tuple[str, IO[bytes] | Path]], settings: Settings) -> Path:
    """Keep files, each with its path in there, as one zip in settings.uploads; their order changes nothing.

    Nothing is looked into here, and nothing is compressed. Raises UnreadableFile when they are larger than an upload
    may be, ClipvizError when the disk is full.
    """
    part: Path | None = None
    try:
        settings.uploads.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=settings.uploads, prefix=".part-")
        part = Path(name)
        with os.fdopen(descriptor, "wb") as target, zipfile.ZipFile(target, "w") as archive:
            for path, given in sorted(files, key=lambda file: file[0]):
                entry = zipfile.ZipInfo(path, EARLIEST)
                opened = given.open("rb") if isinstance(given, Path) else nullcontext(given)
                with opened as stream, archive.open(entry, "w", force_zip64=True) as member:
                    copyfileobj(stream, member, BLOCK)
        with part.open("rb") as packed:
            return spool(packed, settings)
    except OSError as error:
        raise ClipvizError(
            "The upload could not be kept",
            error.strerror or str(error),
            "Make room on the disk and upload it again",
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _kind(name: str) -> str:
    suffix = PurePosixPath(name.lower()).suffix
    return "idx" if suffix in ("", ".gz", ".idx") or "ubyte" in suffix else suffix
