"""What kind each column is, decided from every cell, never from a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipviz.core.dataset import Kind, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.numerals import number_sql
from clipviz.datasets.staging import literal

if TYPE_CHECKING:
    import duckdb

TRUE, FALSE = ("true", "yes", "t", "y"), ("false", "no", "f", "n")
BAD_SHARE = 0.05
CELLS_AT_ONCE = 1_000_000
DATE_FORMATS = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S")
LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True)
class Typed:
    """How one column of `cells` is read.

    cell: its name there. value: SQL of its typed value (a DOUBLE for integers). misfit: SQL that is true for a cell
    that is there and cannot be read as this kind. bad: how many such cells there are.
    """

    kind: Kind
    cell: str
    value: str
    misfit: str
    bad: int


def clean_cells(connection: "duckdb.DuckDBPyConnection", columns: int, missing: Sequence[str]) -> None:
    """Turn `raw` into the table `cells`: text without blanks around it, NULL where empty or a missing-value word."""
    # One constant to look into: NOT IN becomes a join for each column and takes gigabytes on a wide table.
    words = "\x1f".join(["", *sorted({"", *(word.strip() for word in missing)}), ""])
    longest = max(len(word.encode()) for word in words.split("\x1f"))
    cells = ", ".join(f"without_word(c{place}) AS c{place}" for place in range(1, columns + 1))
    connection.execute(
        f"CREATE MACRO without_word(x) AS CASE WHEN strlen(trim(x)) > {longest} "
        f"OR NOT contains({literal(words)}, concat('\x1f', trim(x), '\x1f')) THEN trim(x) END;"
        f"CREATE TABLE cells AS SELECT line, {cells} FROM raw; DROP TABLE raw"
    )


def decide(
    connection: "duckdb.DuckDBPyConnection",
    names: Sequence[str],
    reading: Reading,
    overrides: dict[str, Kind],
    repeated: bool = False,
) -> list[Typed]:
    """The kind of each column c1..cn of `cells`; `overrides` by column name win. Raises UnreadableFile.

    A column is a number when nearly all of its cells (95 %, or all but one of at least eight) are; the rows of the
    others are rejected later. It is a boolean or a date only when every cell is. repeated: few different cells are to
    be expected, so that each is looked at once.
    """
    unknown = [name for name in overrides if name not in names]
    if unknown:
        raise UnreadableFile("A column's kind can be set only for a column of the file", repr(unknown[0]))
    found: list[Typed] = []
    rows = connection.execute("SELECT count(*) FROM cells").fetchall()[0][0]
    at_once = max(1, CELLS_AT_ONCE // max(1, rows))
    for start in range(0, len(names), at_once):
        chunk = range(start, min(start + at_once, len(names)))
        for place, counts in zip(chunk, _count(connection, chunk, reading, repeated), strict=True):
            kind = overrides.get(names[place]) or kind_of(counts)
            found.append(as_kind(kind, f"c{place + 1}", reading, misfits_of(kind, counts)))
    return found


def as_kind(kind: Kind, cell: str, reading: Reading, bad: int) -> Typed:
    """How a column of `cells` is read as a kind; bad: how many of its cells cannot."""
    number = number_sql(cell, reading.decimal or ".", reading.thousands or "")
    values = {
        "number": number,
        "integer": number,
        "boolean": f"CASE WHEN lower({cell}) IN {(*TRUE, '1')} THEN true "
        f"WHEN lower({cell}) IN {(*FALSE, '0')} THEN false END",
        "date": _date(cell),
        "empty": "CAST(NULL AS VARCHAR)",
    }
    value = values.get(kind, cell)
    misfit = f"({cell} IS NOT NULL AND {value} IS NULL)"
    if kind == "integer":
        misfit = f"({cell} IS NOT NULL AND ({value} IS NULL OR NOT ({_whole(value)})))"
    return Typed(kind, cell, value, misfit, bad)


@dataclass(frozen=True)
class Counts:
    """Of one column: cells that are there, and how many of them can be read as what."""

    present: int = 0
    numbers: int = 0
    whole: int = 0
    not_a_number: int = 0
    truths: int = 0
    bits: int = 0
    dates: int = 0
    distinct: int = 0
    length: float | None = None


def _whole(number: str) -> str:
    return f"isfinite({number}) AND {number} = floor({number}) AND abs({number}) <= {LARGEST_WHOLE}"


def _date(cell: str) -> str:
    formats = ", ".join(literal(form) for form in DATE_FORMATS)
    return f"coalesce(TRY_CAST({cell} AS TIMESTAMP), try_strptime({cell}, [{formats}]))"


def _count(
    connection: "duckdb.DuckDBPyConnection", places: range, reading: Reading, repeated: bool
) -> list[Counts]:
    """The counts of some columns, laid under each other first: DuckDB takes seconds to plan hundreds of columns."""
    columns = ", ".join(f"c{place + 1}" for place in places)
    number = number_sql("x", reading.decimal or ".", reading.thousands or "")
    cells = f"SELECT name, x, 1 AS n FROM (UNPIVOT cells ON {columns} INTO NAME name VALUE x)"
    if repeated:
        cells = f"SELECT name, x, sum(n) AS n FROM ({cells}) GROUP BY name, x"
    source = (
        f"SELECT *, lower(x) AS w, CASE WHEN d IS NULL THEN {_date('x')} END AS t "
        f"FROM (SELECT *, {number} AS d FROM ({cells}))"
    )
    tests = [
        "x IS NOT NULL", "d IS NOT NULL", _whole("d"), "isnan(d)", f"w IN {(*TRUE, *FALSE)}", "d IN (0, 1)",
        "t IS NOT NULL",
    ]  # fmt: skip
    counted = ", ".join(f"CAST(coalesce(sum(n) FILTER ({test}), 0) AS BIGINT)" for test in tests)
    distinct = "count(x)" if repeated else "approx_count_distinct(x)"
    found = connection.execute(
        f"SELECT name, {counted}, {distinct}, sum(n * length(x)) / sum(n) FROM ({source}) GROUP BY name"
    ).fetchall()
    counts = {row[0]: Counts(*row[1:]) for row in found}
    return [counts.get(f"c{place + 1}", Counts()) for place in places]


def kind_of(counts: Counts) -> Kind:
    """The kind of a column that nobody decided."""
    if counts.present == 0 or counts.not_a_number == counts.present:
        return "empty"
    if counts.numbers == counts.present:
        return "integer" if counts.whole == counts.numbers else "number"
    if counts.truths == counts.present:
        return "boolean"
    strange = counts.present - counts.numbers
    if counts.numbers and strange <= max(BAD_SHARE * counts.present, 1 if counts.present >= 8 else 0):
        return "integer" if counts.whole == counts.numbers else "number"
    if counts.dates == counts.present:
        return "date"
    few = counts.distinct <= 20 or (counts.distinct <= 1000 and 2 * counts.distinct <= counts.present)
    return "category" if few and (counts.length or 0) <= 100 else "text"


def misfits_of(kind: Kind, counts: Counts) -> int:
    """How many cells of a column cannot be read as this kind."""
    readable = {
        "number": counts.numbers,
        "integer": counts.whole,
        "boolean": counts.truths + counts.bits,
        "date": counts.dates,
    }
    return counts.present - readable.get(kind, counts.present)
