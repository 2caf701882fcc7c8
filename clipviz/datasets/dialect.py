"""Which delimiter separates the cells, and whether the first row holds the names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from clipviz.datasets.header import YEAR, rows_of_names
from clipviz.datasets.lines import LONGEST_RECORD, one_space, open_text, parse
from clipviz.datasets.numerals import DECIMAL_COMMA, is_number
from clipviz.datasets.numerals import guess as guess_marks

CANDIDATES = (",", ";", "\t", "|")
RARE = (" ", "^", "~")
"""Tried where none of the candidates separates anything."""
SAMPLE_LINES = 1_000
MOST_LINES_OF_A_CELL = 200


@dataclass(frozen=True)
class Dialect:
    """width: cells of a usual row."""

    delimiter: str
    header: bool
    width: int
    sample: list[list[str]]


def sample_lines(path: Path, encoding: str) -> list[str]:
    """The first lines of a text file that are not blank nor far too long, at most 1,000 and a few megabytes."""
    lines: list[str] = []
    size = 0
    with open_text(path, encoding) as stream:
        for line in islice(stream, 20 * SAMPLE_LINES):
            if line.strip(" \n\x1a") and len(line) <= LONGEST_RECORD:
                lines.append(line.replace("\0", ""))
            size += len(line)
            if len(lines) >= SAMPLE_LINES or size > 2 * LONGEST_RECORD:
                break
    return lines


def guess(lines: Sequence[str], delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """The dialect that the sampled lines speak; a given delimiter or header is kept."""
    choices = (delimiter,) if delimiter else (";",) if _one_column(lines) else CANDIDATES
    parsed = {choice: _cells(lines, choice) for choice in choices}
    best = max(choices, key=lambda choice: _score(parsed[choice], choice))
    if choices == CANDIDATES and _width(parsed[best]) <= 1:
        others = {mark: _cells(lines, mark) for mark in RARE}
        steady = (mark for mark, rows in others.items() if _width(rows) > 1 and _steadiness(rows) > 0.98)
        best = next(steady, ",") if len(lines) > 1 else ","
        parsed |= others
    rows = parsed[best]
    first = rows[0] if rows else []
    named = guess_header(rows) if header is None else header
    body = rows[1:] if named and len(rows) > 1 else rows
    return Dialect(best, named, _usual_width(body, len(first)), body)


def _one_column(lines: Sequence[str]) -> bool:
    """True for one name above numbers with decimal commas: these separate nothing."""
    name, *cells = (line.strip() for line in lines) if lines else ("",)
    plain = not any(mark in name for mark in CANDIDATES) and not is_number(name)
    return (
        plain
        and len(cells) > 1
        and all(DECIMAL_COMMA.fullmatch(cell) for cell in cells)
        and guess_marks([cells])[0] == ","
    )


def _cells(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows of a sample; a line whose quote is never closed is passed over, so that it swallows no others."""
    rows: list[list[str]] = []
    at = 0
    while at < len(lines):
        record, used = one_space(lines[at], delimiter), 1
        if '\\"' in record and parse(record, delimiter) is None:
            record = record.replace('\\"', '""')
        if record.count('"') % 2 and parse(record, delimiter) is None:
            joined = _closed(lines[at : at + MOST_LINES_OF_A_CELL])
            record, used = joined or ("", 1)
        cells = (parse(record, delimiter) or record.rstrip("\n").split(delimiter)) if record else []
        rows += [cells] if cells else []
        at += used
    return rows


def _years_below(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """True where the columns under some years hold years as well: such a row is data like the others."""
    places = [place for place, cell in enumerate(first) if YEAR.fullmatch(cell.strip())]
    cells = [row[place].strip() for row in rest[:100] for place in places if len(row) > place]
    return 2 * sum(YEAR.fullmatch(cell) is not None for cell in cells) > len(cells)


def _closed(lines: Sequence[str]) -> tuple[str, int] | None:
    """The lines up to the one that closes the first line's quote, joined, and how many; None when none does."""
    for count, line in enumerate(lines[1:], start=2):
        if line.count('"') % 2:
            return "".join(lines[:count]), count
    return None


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The commonest number of cells; the wider one of two that are equally common."""
    counts = Counter(len(row) for row in rows)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _usual_width(body: Sequence[Sequence[str]], names: int) -> int:
    """Cells of a usual row; the number of names where as many rows have it as any other."""
    counts = Counter(len(row) for row in body)
    width = _width(body)
    return names if counts[names] == counts[width] else width


def _steadiness(rows: Sequence[Sequence[str]]) -> float:
    width = _width(rows)
    return sum(len(row) == width for row in rows) / len(rows) if rows else 0.0


def _score(rows: Sequence[Sequence[str]], delimiter: str) -> tuple[bool, float, int]:
    """How well a delimiter explains the sample: rows of one width, and cells that hold no other delimiter.

    One that gives every row, names included, the same width comes before those that do not.
    """
    width = _width(rows)
    if width <= 1:
        return False, 0.0, 0
    others = [mark for mark in CANDIDATES if mark != delimiter]
    cells = [cell for row in rows[:200] for cell in row]
    foreign = sum(any(mark in cell for mark in others) and not is_number(cell) for cell in cells)
    steady = _steadiness(rows)
    return steady == 1 and len(rows) > 1, round(steady - foreign / max(1, len(cells)), 3), width


def guess_header(rows: Sequence[Sequence[str]]) -> bool:
    """True when the first row reads as names: no value of it is met again, and it holds no numbers.

    A run such as 0, 1, 2, and years beside a word count as names; so do numbers above a second row of names.
    """
    first, rest = (rows[0], rows[1:]) if rows else ([], [])
    filled = [cell.strip() for cell in first if cell.strip()]
    if not filled:
        return bool(rest)
    numbers = [cell for cell in filled if is_number(cell)]
    if numbers:
        run = [int(cell) for cell in numbers if cell.isascii() and cell.isdecimal()]
        steps = (
            len(run) == len(numbers) > 2
            and (run[0] == 0 or run[0] > 1000)
            and all(b - a == 1 for a, b in pairwise(run))
        )
        years = len(numbers) < len(filled) and all(YEAR.fullmatch(cell) for cell in numbers)
        return bool(rest) and (
            steps or (years and not _years_below(first, rest)) or rows_of_names(rows[:100]) > 1
        )
    if not rest:
        return True
    met = [
        sum(len(row) > place and row[place].strip() == cell.strip() for row in rest) / len(rest)
        for place, cell in enumerate(first)
        if cell.strip()
    ]
    typed = any(
        len(row) > place and is_number(row[place]) for row in rest[:50] for place in range(len(first))
    )
    return typed or all(share < 0.02 for share in met)
