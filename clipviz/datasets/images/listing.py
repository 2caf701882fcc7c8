"""A table that names image files and says what they show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.given_parts import Part, part_of
from clipviz.datasets.images.spreadsheet import Spreadsheet, column_named, open_table

LABELS = ("label", "labels", "class", "class_name", "category", "target", "y", "breed", "species", "type")
PARTS = ("split", "part", "subset", "set", "usage", "fold", "partition")
SAMPLE = 200
MATCHED = 0.5
"""Share of the rows of a table that must name an image for it to be a list of images."""


@dataclass(frozen=True)
class Listing:
    """What a table says. labels: by path of the image. column: where from, in words; "" for a class each column.
    columns: that may hold the labels. absent: (line, name) of rows that name no image. doubled: images named again
    with another label; the first one counts. parts: of the split that the table gives, by path; empty without one."""

    name: str
    column: str
    columns: tuple[str, ...]
    labels: dict[str, str | None]
    parts: Mapping[str, Part]
    absent: tuple[tuple[int, str], ...]
    doubled: int


@dataclass(frozen=True)
class _Places:
    """Where a table has the file, its labels (one column, or a class each), and its part."""

    file: int
    labels: tuple[int, ...]
    part: int | None


def read(path: Path, name: str, images: Sequence[str], label: str | None = None) -> Listing | str:
    """The labels that a table gives to images; why it gives none, in words, when it is no list of these images.

    label: the column that was chosen; raises UnreadableFile where a list of these images has no such column.
    """
    known = _Known(images)
    try:
        table = open_table(path, name, Reading())
        sample = [cells for _, (_, cells) in zip(range(SAMPLE), table.rows(), strict=False)]
    except UnreadableFile:
        return ""
    width = max((len(cells) for cells in sample), default=0)
    if not sample or width < 2:
        return ""
    cells = [[row[at].strip() if at < len(row) else "" for row in sample] for at in range(width)]
    hits = [(sum(known.find(cell) is not None for cell in column), len(set(column))) for column in cells]
    file = hits.index(max(hits))
    if hits[file][0] < MATCHED * len(sample):
        wordy = max(range(width), key=lambda at: (len(set(cells[at])), -at))
        return (
            f'names no image of the archive: its "{cells[wordy][0][:60]}" is none of the files, such as "{images[0]}"; '
            "write their names, or their paths, in one column"
        )
    columns = {_named(table, at): at for at in range(width) if at != file}
    if label is not None and label not in columns:
        listed = ", ".join(list(columns)[:20])
        raise UnreadableFile(
            f"The labels must be in a column of {name}", repr(label)[:200], f"Pick one of {listed}"
        )
    labels = (columns[label],) if label is not None else _label_places(table, cells, file)
    part = _part_place(table, cells, {file, *labels})
    return _read(table, known, _Places(file, labels, part), tuple(columns))


class _Known:
    """Images by path, by file name, by file name without its ending, and by its number without zeros in front; a name
    of several images finds none."""

    def __init__(self, images: Sequence[str]) -> None:
        self._paths = set(images)
        self._short: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for path in images:
            file = PurePosixPath(path)
            for short in {file.name, file.stem, _number(file.stem)}:
                counts[short] += 1
                self._short[short] = path
        self._short = {short: path for short, path in self._short.items() if counts[short] == 1}

    def find(self, cell: str) -> str | None:
        """The image that a cell names: by its path, by the end of its path, or by its name or number alone."""
        said = cell.strip().replace("\\", "/").removeprefix("./")
        if said in self._paths:
            return said
        file = PurePosixPath(said)
        known = (self._short.get(short) for short in (file.name, file.stem, _number(file.stem)) if short)
        return next(filter(None, known), None)


def _number(stem: str) -> str:
    """ "1" of "00001"; other words as they are."""
    return stem.lstrip("0") or "0" if stem.isascii() and stem.isdecimal() else stem


def _named(table: Spreadsheet, at: int) -> str:
    name = table.header[at].strip() if at < len(table.header) else ""
    return name or f"column {at + 1}"


def _label_places(table: Spreadsheet, cells: Sequence[Sequence[str]], file: int) -> tuple[int, ...]:
    """The column of labels: one with such a name; else all that hold one 1 a row between them; else the one beside the
    file names with the fewest values."""
    named = column_named(table.header, LABELS)
    if named is not None and named != file:
        return (named,)
    others = [at for at in range(len(cells)) if at != file]
    marks = [at for at in others if {"0", "0.0", *cells[at]} <= {"0", "0.0", "1", "1.0"}]
    if (
        table.header
        and len(marks) > 1
        and all(_hot(row) is not None for row in zip(*(cells[at] for at in marks), strict=True))
    ):
        return tuple(marks)
    several = [at for at in others if len(set(cells[at])) > 1] or others
    return (min(several, key=lambda at: (len(set(cells[at])), at)),)


def _hot(row: Sequence[str]) -> int | None:
    """The place of the only 1 among zeros; None where there is none, or more than one."""
    ones = [at for at, cell in enumerate(row) if cell.strip() in ("1", "1.0")]
    return ones[0] if len(ones) == 1 else None


def _part_place(table: Spreadsheet, cells: Sequence[Sequence[str]], taken: set[int]) -> int | None:
    """The column that says which part of a split an image belongs to."""
    at = column_named(table.header, PARTS)
    if at is None or at in taken or not all(part_of(cell) for cell in cells[at]):
        return None
    return at


def _read(table: Spreadsheet, known: _Known, at: _Places, columns: tuple[str, ...]) -> Listing:
    labels: dict[str, str | None] = {}
    parts: dict[str, Part] = {}
    absent: list[tuple[int, str]] = []
    doubled = 0
    for line, cells in table.rows():
        row = [*cells, *[""] * table.width]
        image, value = known.find(row[at.file]), _label(table, row, at.labels)
        if image is None:
            absent.append((line, row[at.file]))
        elif image in labels:
            doubled += labels[image] != value
        else:
            labels[image] = value
            part = None if at.part is None else part_of(row[at.part])
            parts |= {image: part} if part else {}
    column = _named(table, at.labels[0]) if len(at.labels) == 1 else ""
    return Listing(table.name, column, columns, labels, parts, tuple(absent), doubled)


def _label(table: Spreadsheet, row: Sequence[str], places: Sequence[int]) -> str | None:
    if len(places) == 1:
        return row[places[0]].strip() or None
    hot = _hot([row[at] for at in places])
    return None if hot is None else _named(table, places[hot])
