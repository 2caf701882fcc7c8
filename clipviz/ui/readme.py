"""Sections of the project's own documents on a page, so that what is said there is not written twice."""

from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@cache
def section(heading: str, document: str = "README.md") -> str:
    """The markdown below `## heading`, up to the next heading of that rank; "" where there is no such section."""
    _, found, rest = f"\n{_text(document)}".partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0].strip() if found else ""


@cache
def rows(first: str, document: str) -> list[dict[str, str]]:
    """The lines of the document's first table whose first cell says `first`; the other cells by their heads."""
    table = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in _text(document).splitlines()
        if line.startswith("| ")
    ]
    return [dict(zip(table[0][1:], line[1:], strict=True)) for line in table[1:] if line[0] == first]


def _text(document: str) -> str:
    place = _ROOT / document
    return place.read_text(encoding="utf-8") if place.is_file() else ""
