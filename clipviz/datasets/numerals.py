"""Numbers as people write them: decimal mark, thousands mark, and the SQL that reads them strictly."""

import re
from collections.abc import Iterable
from typing import Literal

from clipviz.datasets.marks import unmarked, without_unit

Decimal = Literal[".", ","]
Thousands = Literal["", ".", ",", " ", "'"]

DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)
GROUPED = {
    mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}})+([.,]\d+)?")
    for mark in (",", ".", " ", "'")
}


INDIAN = re.compile(r"[+-]?[1-9]\d?(,\d{2})+,\d{3}(\.\d+)?")
"""Lakhs and crores: 1,23,45,678.9."""
LARGEST_WHOLE = 2.0**53


def is_number(cell: str) -> bool:
    """True when the cell is a number in any of the spellings that can be read, with or without a currency sign."""
    if PLAIN.fullmatch(cell):
        return True
    text = unmarked(cell)
    if PLAIN.fullmatch(text):
        return True
    return any(pattern.fullmatch(text) is not None for pattern in (DECIMAL_COMMA, INDIAN, *GROUPED.values()))


def guess(columns: Iterable[Iterable[str]]) -> tuple[Decimal, Thousands]:
    """The decimal and the thousands mark that the sampled cells speak for; ('.', '') without evidence.

    A column speaks only where most of its cells are numbers. "1,234" alone means a thousand; one "1,5" or "0,123"
    in the same column makes the comma a decimal mark. A column of nothing but "1.234" may be either, and follows the
    others.
    """
    votes: dict[tuple[Decimal, Thousands], int] = {}
    either: set[str] = set()
    for column in columns:
        cells = [
            cell if PLAIN.fullmatch(cell) else without_unit(unmarked(cell)) for cell in column if cell.strip()
        ]
        numbers = [cell for cell in cells if is_number(cell)]
        if not numbers or 2 * len(numbers) < len(cells):
            continue
        spelling, mark = _spelling(numbers), _either(numbers)
        if mark:
            either.add(mark)
        elif spelling is not None:
            votes[spelling] = votes.get(spelling, 0) + 1
    if not votes:
        return ".", "," if "," in either else ""
    decimals: dict[Decimal, int] = {".": 0, ",": 0}
    for (decimal, _), count in votes.items():
        decimals[decimal] += count
    winner: Decimal = "," if decimals[","] > decimals["."] else "."
    marks = [(count, mark) for (decimal, mark), count in votes.items() if decimal == winner and mark]
    grouped: Thousands = "," if winner == "." else "."
    return winner, max(marks)[1] if marks else grouped if grouped in either else ""


def _either(numbers: list[str]) -> str:
    """The one mark of numbers that have it once, before three digits: thousands or decimals; else ""."""
    for mark in (".", ","):
        marked = [cell for cell in numbers if mark in cell]
        if marked and all(re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}\{mark}\d{{3}}", cell) for cell in marked):
            return "" if any(set(cell) & set(",.' ") - {mark} for cell in numbers) else mark
    return ""


def _spelling(numbers: list[str]) -> tuple[Decimal, Thousands] | None:
    """What the numbers of one column say; None when they fit every spelling (digits only)."""
    commas = [cell for cell in numbers if "," in cell]
    dots = [cell for cell in numbers if "." in cell]
    marked: Thousands = " " if any(GROUPED[" "].fullmatch(cell) for cell in numbers) else ""
    marked = "'" if any("'" in cell for cell in numbers) else marked
    if any(cell.rfind(",") > cell.rfind(".") >= 0 for cell in commas) or any(
        cell.count(".") > 1 for cell in dots
    ):
        return ",", "."
    if any(cell.rfind(".") > cell.rfind(",") >= 0 for cell in dots) or any(
        cell.count(",") > 1 for cell in commas
    ):
        return ".", ","
    if commas and dots:
        return (",", ".") if all(GROUPED["."].fullmatch(cell) for cell in dots) else (".", ",")
    if commas:
        return (".", ",") if all(GROUPED[","].fullmatch(cell) for cell in commas) else (",", marked)
    if dots or marked:
        return ".", marked
    return None


def number_sql(cell: str, decimal: Decimal, thousands: Thousands) -> str:
    """SQL that gives the DOUBLE a text cell spells, or NULL when it spells none in exactly these marks."""
    pointed = cell if decimal == "." else f"replace({cell}, ',', '.')"
    foreign = "_" if decimal == "." else "._"
    bare = " AND ".join(f"NOT contains({cell}, '{mark}')" for mark in foreign)  # to DuckDB 1_2 is twelve
    plain = f"CASE WHEN {bare} THEN TRY_CAST({pointed} AS DOUBLE) END"
    if not thousands:
        return plain
    mark = "''" if thousands == "'" else thousands
    groups = rf"[0-9]{{1,3}}([{mark}][0-9]{{3}})+"
    if thousands == ",":
        groups = rf"({groups}|[0-9]{{1,2}}(,[0-9]{{2}})+,[0-9]{{3}})"
    grouped = rf"\s*[+-]?{groups}([{decimal}][0-9]*)?([eE][+-]?[0-9]+)?\s*"
    bare = f"replace(replace({cell}, '{mark}', ''), '{decimal}', '.')"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{grouped}') THEN TRY_CAST({bare} AS DOUBLE) ELSE {plain} END"
    )


def whole_sql(number: str) -> str:
    """SQL that is true for a DOUBLE that is whole and so small that no other whole number shares it."""
    return f"isfinite({number}) AND {number} = floor({number}) AND abs({number}) < {LARGEST_WHOLE}"


def exact_sql(cell: str, thousands: Thousands, stored: str) -> str:
    """SQL for the whole number of any size that a text cell spells, as the SQL type `stored`; NULL for others."""
    bare = f"replace({cell}, '{thousands.replace(chr(39), chr(39) * 2)}', '')" if thousands else cell
    return f"CASE WHEN regexp_full_match({bare}, '[+-]?[0-9]+') THEN TRY_CAST({bare} AS {stored}) END"
