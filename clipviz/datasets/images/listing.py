"""A table that names image files and says what they show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.images.spreadsheet import Spreadsheet, column_named, open_table

LABELS = ("label", "labels", "class", "class_name", "category", "target", "y", "breed", "species", "type")
SAMPLE = 200
MATCHED = 0.5
"""Share of the rows of a table that must name an image for it to be a list of images."""


@dataclass(frozen=True)
class Listing:
    """What a table says. labels: by path of the image. absent: (line, name) of rows that name no image.
    doubled: images named again with another label; the first one counts."""

    name: str
    column: str
    labels: dict[str, str | None]
    absent: tuple[tuple[int, str], ...]
    doubled: int


def read(path: Path, name: str, images: Sequence[str]) -> Listing | None:
    """The labels that a table gives to images; None when it is no list of these images."""
    known = _Known(images)
    try:
        table = open_table(path, name, Reading())
        sample = [cells for _, (_, cells) in zip(range(SAMPLE), table.rows(), strict=False)]
    except UnreadableFile:
        return None
    width = max((len(cells) for cells in sample), default=0)
    hits = [
        sum(known.find(cells[at]) is not None for cells in sample if at < len(cells)) for at in range(width)
    ]
    if not sample or width < 2 or max(hits) < MATCHED * len(sample):
        return None
    file = hits.index(max(hits))
    label = _label_place(table, sample, file, width)
    return _read(table, known, file, label)


class _Known:
    """Images by path, by file name and by file name without its ending; a name of several images finds none."""

    def __init__(self, images: Sequence[str]) -> None:
        self._paths = set(images)
        self._short: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for path in images:
            for short in {PurePosixPath(path).name, PurePosixPath(path).stem}:
                counts[short] += 1
                self._short[short] = path
        self._short = {short: path for short, path in self._short.items() if counts[short] == 1}

    def find(self, cell: str) -> str | None:
        """The image that a cell names: by its path, by the end of its path, or by its name alone."""
        said = cell.strip().replace("\\", "/").removeprefix("./")
        if said in self._paths:
            return said
        return self._short.get(PurePosixPath(said).name) if said else None


def _label_place(table: Spreadsheet, sample: Sequence[Sequence[str]], file: int, width: int) -> int:
    """The column of labels: one with such a name, else the one beside the file names with the fewest values."""
    named = column_named(table.header, LABELS)
    if named is not None and named != file:
        return named
    values = {
        at: len({cells[at] for cells in sample if at < len(cells)}) for at in range(width) if at != file
    }
    several = [at for at, count in values.items() if count > 1] or list(values)
    return min(several, key=lambda at: (values[at], at))


def _read(table: Spreadsheet, known: _Known, file: int, label: int) -> Listing:
    labels: dict[str, str | None] = {}
    absent: list[tuple[int, str]] = []
    doubled = 0
    for line, cells in table.rows():
        said = cells[file] if file < len(cells) else ""
        image = known.find(said)
        value = cells[label].strip() if label < len(cells) else ""
        if image is None:
            absent.append((line, said))
        elif image in labels:
            doubled += labels[image] != (value or None)
        else:
            labels[image] = value or None
    column = table.header[label] if label < len(table.header) else f"column {label + 1}"
    return Listing(table.name, column, labels, tuple(absent), doubled)
