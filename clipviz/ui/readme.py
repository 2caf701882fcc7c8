"""Sections of the README on a page, so that what is said there is not written twice."""

from functools import cache
from pathlib import Path

_README = Path(__file__).parents[2] / "README.md"


@cache
def section(heading: str) -> str:
    """The markdown below `## heading`, up to the next heading of that rank; "" where there is no such section."""
    if not _README.is_file():
        return ""
    _, found, rest = f"\n{_README.read_text(encoding='utf-8')}".partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0].strip() if found else ""
