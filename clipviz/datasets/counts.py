"""What the cells of each column can be read as, counted over every cell, never over a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipviz.core.dataset import Reading
from clipviz.datasets.dates import clear_sql, named_zone_sql, span_sql, zoned_sql
from clipviz.datasets.numerals import LARGEST_WHOLE, exact_sql, number_sql, whole_sql

if TYPE_CHECKING:
    import duckdb

TRUE = (
    "true",
    "yes",
    "t",
    "y",
    "on",
    "ja",
    "wahr",
    "oui",
    "vrai",
    "sí",
    "si",
    "verdadero",
    "sì",
    "vero",
    "sim",
    "✓",
)
FALSE = ("false", "no", "f", "n", "off", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee", "✗")
CODE_LENGTH = 4


@dataclass(frozen=True)
class Counts:
    """Of one column: cells that are there, and how many of them can be read as what.

    big: whole numbers beyond 2^53, biggest: the largest of all numbers. digits: cells of digits alone, coded: those of
    them that begin with a zero. longest, length (mean): letters of a cell. words: mean words of a cell. zoned: dates
    with an offset from UTC, placed: those with the name of a zone, spans: those that are quarters or weeks.
    """

    present: int = 0
    numbers: int = 0
    whole: int = 0
    not_a_number: int = 0
    truths: int = 0
    bits: int = 0
    dates: int = 0
    distinct: int = 0
    length: float | None = None
    big: int = 0
    biggest: float | None = None
    coded: int = 0
    digits: int = 0
    longest: int = 0
    words: float | None = None
    zoned: int = 0
    placed: int = 0
    spans: int = 0

    @property
    def odd(self) -> bool:
        """True when a second look may tell more."""
        plain = self.present in (self.numbers, self.truths, self.dates)
        return not plain and (self.length or 0) <= 40

    @property
    def code(self) -> bool:
        """True for codes such as 01234 and 007: nothing but digits, some with a zero in front."""
        return self.coded > 0 and self.longest >= CODE_LENGTH and self.digits == self.present

    @property
    def wide(self) -> bool:
        """True when every number is whole and some lie beyond 2^53."""
        return self.big > 0 and self.whole + self.big == self.numbers


def count(
    connection: "duckdb.DuckDBPyConnection", places: Sequence[int], reading: Reading, repeated: bool
) -> list[Counts]:
    """The counts of some columns, laid under each other first: DuckDB takes seconds to plan hundreds of columns."""
    columns = ", ".join(f"c{place + 1}" for place in places)
    number = number_sql("x", reading.decimal or ".", reading.thousands or "")
    cells = f"SELECT name, x, 1 AS n FROM (UNPIVOT cells ON {columns} INTO NAME name VALUE x)"
    if repeated:
        cells = f"SELECT name, x, sum(n) AS n FROM ({cells}) GROUP BY name, x"
    source = (
        f"SELECT *, lower(x) AS w, CASE WHEN d IS NULL THEN {clear_sql('x')} END AS t, "
        "CASE WHEN d IS NULL THEN false ELSE regexp_full_match(x, '[0-9]+') END AS g "
        f"FROM (SELECT *, {number} AS d FROM ({cells}))"
    )
    exact = exact_sql("x", reading.thousands or "", "DECIMAL(38,0)")
    big = f"CASE WHEN abs(d) >= {LARGEST_WHOLE} AND isfinite(d) THEN {exact} IS NOT NULL ELSE false END"
    distinct = "count(x)" if repeated else "approx_count_distinct(x)"
    words = "1 + length(x) - length(replace(x, ' ', ''))"
    found = connection.execute(
        f"SELECT name, {_sum('true')}, {_sum('d IS NOT NULL')}, {_sum(whole_sql('d'))}, {_sum('isnan(d)')}, "
        f"{_sum(f'w IN {(*TRUE, *FALSE)}')}, {_sum('d IN (0, 1)')}, {_sum('t IS NOT NULL')}, "
        f"{distinct}, sum(n * length(x)) / sum(n), {_sum(big)}, max(abs(d)) FILTER (isfinite(d)), "
        f"""{_sum("g AND x[1] = '0' AND length(x) > 1")}, {_sum("g")}, max(length(x)), """
        f"sum(n * ({words})) FILTER (d IS NULL) / sum(n) FILTER (d IS NULL), "
        f"{_sum('t IS NOT NULL AND ' + zoned_sql('x'))}, "
        f"{_sum('t IS NOT NULL AND ' + named_zone_sql('x'))}, "
        f"{_sum('t IS NOT NULL AND ' + span_sql('x'))} FROM ({source}) GROUP BY name"
    ).fetchall()
    counts = {row[0]: Counts(*row[1:]) for row in found}
    return [counts.get(f"c{place + 1}", Counts()) for place in places]


def _sum(test: str) -> str:
    """SQL that counts the cells for which a test holds."""
    return f"CAST(coalesce(sum(n) FILTER ({test}), 0) AS BIGINT)"
