"""A last row that sums up the rows above it, as reports end: it is no row of the data."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clipviz.core.dataset import NUMERIC, RejectedRow
from clipviz.datasets.kinds import Typed

if TYPE_CHECKING:
    import duckdb

TOTAL = re.compile(
    r"(?:grand |sub)?totals?|total g[eé]n[eé]ral|sum(?:me|a)?|somme|totale|totaal|gesamt(?:summe|ergebnis)?|insgesamt",
    re.IGNORECASE,
)
FEWEST = 3
CLOSE = 1e-6


def take_out(
    connection: "duckdb.DuckDBPyConnection", names: Sequence[str], typed: Sequence[Typed], fits: str
) -> list[RejectedRow]:
    """Remove the last row of `cells` when it says that it is a total and one of its numbers is the sum of its column.

    fits: SQL that is true for the rows that can be read. Gives that row as a rejected one, or nothing.
    """
    words = [place for place, column in enumerate(typed) if column.kind in ("category", "text")]
    numbers = [place for place, column in enumerate(typed) if column.kind in NUMERIC]
    if not words or not numbers:
        return []
    last, count = connection.execute(f"SELECT max(line), count(*) FROM cells WHERE {fits}").fetchall()[0]
    if count <= FEWEST:
        return []
    cells = ", ".join(column.cell for column in typed)
    row = connection.execute(f"SELECT {cells} FROM cells WHERE line = {last}").fetchall()[0]
    said = [place for place in words if TOTAL.fullmatch(str(row[place] or "").strip(" :"))]
    if not said or not _summed(connection, [typed[place] for place in numbers], fits, last):
        return []
    connection.execute(f"DELETE FROM cells WHERE line = {last}")
    text = ", ".join(f"{cell:.15g}" if isinstance(cell, float) else cell for cell in row[:50] if cell)[:1000]
    return [
        RejectedRow(line=last, column=names[said[0]], reason="is the sum of the rows above it", text=text)
    ]


def _summed(connection: "duckdb.DuckDBPyConnection", numbers: Sequence[Typed], fits: str, last: int) -> bool:
    """Whether some number of the last row is the sum of the others in its column, none of them being zero only."""
    parts = ", ".join(
        f"sum(CAST({column.value} AS DOUBLE)) FILTER (line = {last}), "
        f"sum(CAST({column.value} AS DOUBLE)) FILTER (line <> {last})"
        for column in numbers
    )
    found = connection.execute(f"SELECT {parts} FROM cells WHERE {fits}").fetchall()[0]
    return any(
        total is not None and others and abs(total - others) <= CLOSE * abs(others)
        for total, others in zip(found[::2], found[1::2], strict=True)
    )
