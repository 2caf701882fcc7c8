"""The rows of one JSON document: a list of objects somewhere in it, columns of lists, or a table with its names."""

from collections.abc import Iterator, Sequence
from typing import Any

DEEPEST = 3


def rows_of(document: Any) -> tuple[list[Any], str]:
    """(rows, a sentence about where they were found, "" for the obvious); the document itself where it is one row."""
    if isinstance(document, list):
        return (_named(document), "") if _is_matrix(document) else (document, "")
    if not isinstance(document, dict):
        return [document], ""
    names, data = document.get("columns"), document.get("data")
    if isinstance(data, list) and isinstance(names, list) and _is_matrix(data) and len(data[0]) == len(names):
        return [dict(zip(map(str, names), row, strict=True)) for row in data], "The rows are those of data."
    columns = _columns(document)
    if columns:
        return columns, "Each name holds a whole column."
    found = max(_lists(document, ""), key=lambda pair: len(pair[1]), default=None)
    if found is not None:
        return found[1], f"The rows are the objects of {found[0]}; what stands beside them was left out."
    return [document], ""


def _columns(document: dict[str, Any]) -> list[Any]:
    """Rows of a document that maps each name to its column: a list, or values by row, as pandas writes them."""
    values = list(document.values())
    if len(values) > 0 and all(isinstance(value, list) for value in values):
        lengths = {len(value) for value in values}
        nested = any(isinstance(cell, list | dict) for value in values for cell in value[:100])
        if len(lengths) == 1 and lengths.pop() > 1 and not nested:
            return [dict(zip(document, cells, strict=True)) for cells in zip(*values, strict=True)]
    if len(values) > 0 and all(isinstance(value, dict) and len(value) > 1 for value in values):
        keys = list(values[0])
        flat = not any(isinstance(cell, list | dict) for value in values for cell in value.values())
        if flat and all(list(value) == keys for value in values):
            if _counted(list(document)) and not _counted(keys):
                return values
            if _counted(keys):
                return [{name: column[key] for name, column in document.items()} for key in keys]
    return []


def _lists(document: dict[str, Any], path: str, depth: int = 1) -> Iterator[tuple[str, list[Any]]]:
    """(path, list) of each list of objects in a document."""
    for name, value in document.items():
        place = f"{path}.{name}" if path else str(name)
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value[:100]):
            yield place, value
        elif isinstance(value, dict) and depth < DEEPEST:
            yield from _lists(value, place, depth + 1)


def _is_matrix(rows: Any) -> bool:
    """True for a list of lists of one length."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return False
    return len({len(row) for row in rows}) == 1 and len(rows[0]) > 0


def _named(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """A list of lists as objects; its first row holds the names when it alone is nothing but words."""
    headed = len(rows) > 1 and all(isinstance(cell, str) for cell in rows[0])
    headed = headed and not all(isinstance(cell, str) for cell in rows[1])
    names = [str(name) for name in rows[0]] if headed else [f"column {at + 1}" for at in range(len(rows[0]))]
    return [dict(zip(names, row, strict=True)) for row in rows[headed:]]


def _counted(keys: Sequence[str]) -> bool:
    """True for "0", "1", "2" and so on."""
    return list(keys) == [str(at) for at in range(len(keys))]
