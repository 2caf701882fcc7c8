"""Public data sets by name: downloaded, checked, and ingested like an upload."""

import tempfile
from pathlib import Path

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.errors import NotFound, UnreadableFile
from clipviz.core.settings import Settings
from clipviz.datasets import named_catalogue, repack
from clipviz.datasets.download import Progress, fetch
from clipviz.datasets.ingest import ingest
from clipviz.datasets.named_catalogue import Named


def known() -> list[Named]:
    """The data sets that the installed formats can read."""
    formats = discover("clipviz.datasets.formats")
    return [each for each in named_catalogue.CATALOGUE if each.needs in formats]


def folder(settings: Settings, id: str) -> Path:
    """Where the files of a data set lie once they are downloaded, by us or by hand."""
    return settings.home / "downloads" / id


def load(id: str, settings: Settings, who: str = "", progress: Progress | None = None) -> Dataset:
    """Download what is not there yet, check it, and ingest it like an upload, with target and origin set.

    Raises NotFound for an unknown id, ClipvizError without a network (the sentence says where to put the file),
    UnreadableFile when the file is not the one that it should be.
    """
    named = next((each for each in known() if each.id == id), None)
    if named is None:
        ids = ", ".join(each.id for each in known())
        raise NotFound("The data set must be one that is known by name", repr(id), f"Pick one of {ids}")
    place = folder(settings, id)
    most = settings.upload_mb * 1_000_000
    parts = [fetch(part.url, place / part.file, part.digest, most, progress) for part in named.parts]
    origin = f"{named.origin}. Licence: {named.licence}."
    with tempfile.TemporaryDirectory(prefix=".packing-", dir=place) as scratch:
        whole = parts[0]
        if named.packing is not None:
            whole = repack.repack(named.packing, parts, Path(scratch) / f"{id}{named.ending}")
        dataset = ingest(
            whole, f"{named.title}{named.ending}", settings, who=who, target=named.target, origin=origin
        )
    found = (dataset.rows + dataset.rejected, len(dataset.columns))
    unchecked = any(not part.digest for part in named.parts)
    if found[0] != named.rows or (unchecked and found[1] != named.columns):
        raise UnreadableFile(
            f"{named.title} must have {named.rows:,} rows and {named.columns} columns",
            f"{found[0]:,} rows and {found[1]} columns",
            f"Remove the files from {place} and try again",
        )
    return dataset.model_copy(update={"name": named.title, "target": named.target, "origin": origin})
