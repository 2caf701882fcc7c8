"""Where the names of the columns are: after a title and comments, in one row or in several."""

import re
from collections.abc import Sequence

from clipviz.datasets.numerals import is_number

MOST_ROWS = 5
MOST_SKIPPED = 30
MISSING = ("", "NA", "N/A", "n/a", "n.a.", "#N/A", "<NA>", "NULL", "null", "(null)", "\\N", "None", "?", "-", "--", ".",
           "..", "...", ":", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!")  # fmt: skip
COMMENTS = ("#", "//", "%", "--")
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{1,2}:\d\d")
YEAR = re.compile(r"(?:1[6-9]|20|21)\d\d")
QUALTRICS = '{"ImportId"'


def rows_of_names(rows: Sequence[Sequence[str]]) -> int:
    """How many rows of names lie on top of a table, one at least: rows of words above columns of numbers.

    More than one are seen only where most columns below them, two at least, hold nothing but numbers and dates.
    """
    for count in range(1, min(MOST_ROWS, len(rows) - 2) + 1):
        if count > 1 and not _all_words(rows[count - 1]):
            return 1
        body = [row for row in rows[count:][:50] if any(cell.strip() for cell in row)]
        width = max((len(row) for row in body), default=0)
        numeric = [place for place in range(width) if _all_values(body, place)]
        above = [
            len(row) > place and row[place].strip() != ""
            for row in rows[count - 1 : count]
            for place in numeric
        ]
        if len(numeric) > 1 and 2 * len(numeric) > width and all(above):
            return count
    return 1


def joined(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """One name a column from several rows of names: "2020 / weight"; a gap above takes the name on its left."""
    padded = [[*row, *[""] * width][:width] for row in rows]
    for row in padded[:-1]:
        for place in range(1, width):
            row[place] = row[place] if row[place].strip() else row[place - 1]
    names = []
    for place in range(width):
        parts = [row[place].strip() for row in padded if row[place].strip()]
        parts = [part for part in parts if not part.startswith(QUALTRICS)]
        names.append(" / ".join(dict.fromkeys(parts)) if len(padded) > 1 else "".join(parts))
    return tuple(names)


def fitted(names: Sequence[str], body: Sequence[Sequence[str]], width: int) -> list[str]:
    """A row of names as wide as the table: where only the first column can lack one, as R writes it, it has none."""
    last = [row[width - 1].strip() for row in body if len(row) == width]
    named_rows = len(names) == width - 1 and width > 1 and sum(map(bool, last)) > len(last) // 2
    return ["", *names] if named_rows else list(names)


def misfit_names(names: Sequence[str], width: int) -> tuple[str, ...]:
    """A sentence for a row of names that is not as wide as the table."""
    if not names or len(names) == width:
        return ()
    return (
        f"The header has {len(names):,} names, the rows have {width:,} cells; names were fitted from the left.",
    )


def comment_mark(lines: Sequence[str], delimiter: str | None = None) -> str:
    """The mark that begins the comment lines of a sample, "" when there are none.

    One marked line on top that is as wide as the rows is a row of names ("# a,b,c"), no comment.
    """
    for mark in COMMENTS:
        marked = [line for line in lines if line.startswith(mark)]
        plain = [line for line in lines if not line.startswith(mark)]
        if not marked or not plain or len(marked) > len(plain):
            continue
        if len(marked) == 1 and lines[0] is marked[0] and _as_wide(marked[0], plain, delimiter):
            continue
        leading = lines[0].startswith(mark)
        if leading or (mark == "#" and not any(_as_wide(line, plain, delimiter) for line in marked)):
            return mark
    return ""


def title_lines(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many rows lie above the table: rows of one filled cell above rows that have `width` of two or more.

    A row as wide as the table with a word in its first cell only may be the names of a table whose other columns have
    none: it is a title only when names follow it. Pairs such as "Created by, Ada" above a wider row of names, with
    values below, are no rows of the table either.
    """
    if width < 2:
        return 0
    pairs = _pairs(rows, width)
    if pairs:
        return pairs
    padded = False
    for place, row in enumerate(rows[:MOST_SKIPPED]):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) > 1:
            named = not any(is_number(cell) for cell in filled)
            return place if len(row) == width and (named or not padded) else 0
        if any(is_number(cell) for cell in filled) or (filled and not row[0].strip()):
            return 0
        padded = padded or len(row) == width
    return 0


def _pairs(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many rows of a word, or of a word and its value, lie above a row of more names; 0 without a pair."""
    paired = False
    for place, row in enumerate(rows[:MOST_SKIPPED]):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) > 2:
            below = [each for each in rows[place + 1 :][:50] if any(cell.strip() for cell in each)]
            typed = any(_all_values(below, at) for at in range(width))
            names = len(row) <= width and 2 * len(filled) >= width and not any(map(_is_value, filled))
            return place if paired and names and typed else 0
        if any(cell.strip() for cell in row[2:]) or (filled and (not row[0].strip() or is_number(filled[0]))):
            return 0
        paired = paired or len(filled) == 2
    return 0


def _is_value(cell: str) -> bool:
    return is_number(cell) and not YEAR.fullmatch(cell.strip())


def _as_wide(line: str, plain: Sequence[str], delimiter: str | None) -> bool:
    marks = [delimiter] if delimiter else [",", ";", "\t", "|"]
    return any(line.count(mark) == plain[0].count(mark) > 0 for mark in marks)


def _all_words(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip() not in MISSING]
    return len(filled) > 1 and not any(is_number(cell) for cell in filled)


def _all_values(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip() not in MISSING]
    return len(cells) > 0 and all(is_number(cell) or DATE.match(cell) is not None for cell in cells)
