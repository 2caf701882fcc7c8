"""A public data set as far as it is at hand: whole where it was downloaded, else the part that a folder holds."""

import os
from pathlib import Path

from clipviz.core.dataset import Dataset, ImageReading, Reading
from clipviz.core.errors import NotFound
from clipviz.core.settings import Settings
from clipviz.datasets import named, named_catalogue
from clipviz.datasets.download import Progress
from clipviz.datasets.ingest import ingest
from clipviz.datasets.named_catalogue import Named

VARIABLE = "CLIPVIZ_DATASETS"
"""Names a folder of files of public data sets, for machines without a network."""

PARTS = {
    "boston_housing": ("boston_housing.csv", Reading()),
    "fashion_mnist": (
        "fashion_mnist_test_subset.csv",
        Reading(format="pixel_table", images=ImageReading(label="first")),
    ),
    "imdb": ("imdb_subset.csv", Reading()),
}
"""By data set: the file in that folder, and how it is read."""


def find(
    id: str, settings: Settings, who: str = "", whole: bool = False, progress: Progress | None = None
) -> Dataset:
    """The data set by name: what was downloaded, else the part in the folder, else downloaded now.

    whole: never a part. Raises as `named.load` does, and UnreadableFile for a part that is none.
    """
    entry = described(id)
    part = None if whole or _downloaded(entry, settings) else _part(id)
    if part is None:
        return named.load(id, settings, who, progress)
    path, reading = part
    dataset = ingest(
        path,
        path.name,
        settings,
        reading,
        who=who,
        target=entry.target,
        origin=f"{entry.origin}, from {path.name}",
    )
    return dataset.model_copy(update={"name": titled(id, dataset.rows), "target": entry.target})


def titled(id: str, rows: int) -> str:
    """What so many rows of it are called: "IMDB reviews, 2,000 of 50,000 rows"."""
    entry = described(id)
    return f"{entry.title}, {rows:,} of {entry.rows:,} rows" if rows < entry.rows else entry.title


def described(id: str) -> Named:
    """What is known of a data set; raises NotFound."""
    for each in named_catalogue.CATALOGUE:
        if each.id == id:
            return each
    known = ", ".join(each.id for each in named_catalogue.CATALOGUE)
    raise NotFound("The data set must be one that is known by name", repr(id), f"Pick one of {known}")


def _downloaded(entry: Named, settings: Settings) -> bool:
    return all((named.folder(settings, entry.id) / part.file).is_file() for part in entry.parts)


def _part(id: str) -> tuple[Path, Reading] | None:
    folder, known = os.environ.get(VARIABLE), PARTS.get(id)
    if not folder or known is None:
        return None
    path = Path(folder) / known[0]
    return (path, known[1]) if path.is_file() else None
