"""How a file was read, in words."""

from collections.abc import Sequence

from clipviz.core.dataset import Reading
from clipviz.datasets.staging import Sketch

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces", "^": "carets", "~": "tildes",
              ":": "colons"}  # fmt: skip
THOUSANDS = {".": "a point", ",": "a comma", " ": "a space", "'": "an apostrophe"}
FORMATS = {
    "parquet": "Read as Parquet, with the types that the file declares.",
    "arrow": "Read as Arrow, with the types that the file declares.",
    "jsonlines": "Read as JSON, one row an object.",
}
PROVISIONAL = "Kinds were decided from the first"


def whole(said: Sequence[str], notes: Sequence[str]) -> list[str]:
    """What was said of the first rows of a file and then of all of it, each once and without what was provisional."""
    kept = [sentence for sentence in said if not sentence.startswith(PROVISIONAL)]
    return list(dict.fromkeys([*kept, *notes]))


def about(reading: Reading, sketch: Sketch) -> list[str]:
    """Sentences about the reading, the rows that do not fit, the names that had to change, and what was noticed."""
    if reading.images is not None:
        return _about_images(reading, sketch)
    said = [how(reading)]
    if sketch.rejected:
        first = sketch.rejected[0]
        place = f"line {first.line}, column {first.column}: {first.reason}" if first.column else (
            f"line {first.line}: {first.reason}"
        )  # fmt: skip
        total = f"{sketch.seen:,} rows" if sketch.complete else f"the first {sketch.seen:,} rows"
        said.append(f"{len(sketch.rejected):,} of {total} cannot be read; the first is {place}.")
    renamed = sum(1 for column in sketch.columns if column.title)
    unnamed = sum(1 for column in sketch.columns if column.name.startswith("column ") and not column.title)
    if renamed:
        said.append(
            f"{renamed:,} column {'name was' if renamed == 1 else 'names were'} changed to be unique and usable."
        )
    if unnamed and reading.header:
        said.append(f"{unnamed:,} {'column has' if unnamed == 1 else 'columns have'} no name in the file.")
    empty = sum(1 for column in sketch.columns if column.kind == "empty")
    if empty:
        said.append(f"{empty:,} {'column holds' if empty == 1 else 'columns hold'} no values.")
    if not sketch.complete:
        said.append(f"{PROVISIONAL} {sketch.seen:,} rows; reading the whole file may change them.")
    return [*said, *sketch.notes]


def of_encoding(name: str | None) -> list[str]:
    """A sentence about an encoding that was guessed: only Unicode can be told from the bytes themselves."""
    if name is None or name.lower().startswith("utf"):
        return []
    return [
        f"The encoding {name} is a guess, for the file does not name one; where letters look wrong, pick another under "
        "How it was read."
    ]


def _about_images(reading: Reading, sketch: Sketch) -> list[str]:
    how = reading.images
    said = [f"Every image becomes {how.shape}." if how else ""]
    if sketch.rejected:
        first = sketch.rejected[0]
        total = f"{sketch.seen:,} images" if sketch.complete else f"the first {sketch.seen:,} images"
        name = f" ({first.text})" if first.text else ""
        said.append(
            f"{len(sketch.rejected):,} of {total} cannot be read; the first is number {first.line}{name}: "
            f"{first.reason}."
        )
    return [*sketch.notes, *said]


def how(reading: Reading) -> str:
    """How the rows of a table were told apart."""
    names = "names in the first row" if reading.header else "no row of names"
    if reading.format in FORMATS:
        return FORMATS[reading.format]
    if reading.format == "excel":
        return f"Read sheet {reading.sheet} of the workbook, {names}."
    separated = DELIMITERS.get(reading.delimiter or "", f"{reading.delimiter!r}")
    decimal = "decimal comma" if reading.decimal == "," else "decimal point"
    grouped = f", thousands set apart by {THOUSANDS[reading.thousands]}" if reading.thousands else ""
    return f"Cells separated by {separated}, {decimal}{grouped}, encoding {reading.encoding}, {names}."
