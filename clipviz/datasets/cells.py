"""The cells of a table as clean text, before anybody looks for kinds in them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clipviz.core.dataset import Kind
from clipviz.datasets.numerals import LARGEST_WHOLE
from clipviz.datasets.staging import drop, literal

if TYPE_CHECKING:
    import duckdb

WIDE = 200
"""Columns from which on planning a query takes longer than running it."""
VERY_WIDE = 1_000
"""Columns from which on they are computed some at a time: more statements, but none that takes minutes to plan."""
AS_TEXT = f"CASE WHEN {{0}} = trunc({{0}}) AND abs({{0}}) < {LARGEST_WHOLE} "
AS_TEXT += "THEN CAST(CAST({0} AS BIGINT) AS VARCHAR) "
AS_TEXT += "ELSE CAST({0} AS VARCHAR) END"


def clean_cells(
    connection: "duckdb.DuckDBPyConnection",
    columns: int,
    missing: Sequence[str],
    native: Mapping[int, Kind] = {},
    doubles: Mapping[int, Kind] = {},
) -> None:
    """Turn `raw` into the table `cells`: text without blanks around it, NULL where empty or a missing-value word.

    doubles: the places of columns that are doubles already; those of them that are not `native` become text.
    """
    # One constant to look into: NOT IN becomes a join for each column and takes gigabytes on a wide table.
    words = "\x1f".join(["", *sorted({"", *(word.strip() for word in missing)}), ""])
    longest = max(len(word.encode()) for word in words.split("\x1f"))
    ways = [
        "{}" if place in native else f"without_word({AS_TEXT if place in doubles else '{}'})"
        for place in range(columns)
    ]
    cells = [f"{way.format(f'c{place}')} AS c{place}" for place, way in enumerate(ways, 1)]
    if (
        columns > WIDE
    ):  # both take the square of the columns: minutes for two thousand of them, seconds without
        connection.execute("SET disabled_optimizers = 'common_subexpressions,statistics_propagation'")
    connection.execute(
        f"CREATE MACRO without_word(x) AS CASE WHEN strlen(trim(x)) > {longest} "
        f"OR NOT contains({literal(words)}, concat('\x1f', trim(x), '\x1f')) THEN trim(x) END"
    )
    _create(connection, cells)


def _create(connection: "duckdb.DuckDBPyConnection", cells: Sequence[str]) -> None:
    """Create `cells` of `raw` from the SQL of each column, those of a very wide table some at a time."""
    if len(cells) <= VERY_WIDE:
        connection.execute(f"CREATE TABLE cells AS SELECT line, {', '.join(cells)} FROM raw")
        drop(connection)
        return
    parts = []
    for start in range(0, len(cells), WIDE):
        parts.append(f"part_{start}")
        some = ", ".join(cells[start : start + WIDE])
        connection.execute(f"CREATE TABLE {parts[-1]} AS SELECT {some} FROM raw")
    columns = ", ".join(f"c{place}" for place in range(1, len(cells) + 1))
    joined = " POSITIONAL JOIN ".join(["(SELECT line FROM raw)", *parts])
    connection.execute(f"CREATE TABLE cells AS SELECT line, {columns} FROM {joined}")
    drop(connection)
    connection.execute("; ".join(f"DROP TABLE {part}" for part in parts))
