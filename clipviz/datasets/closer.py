"""A second look at columns that are neither plain numbers nor clear dates: signs on numbers, the order of dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipviz.core.dataset import Reading
from clipviz.datasets.dates import clock_sql, ordered_sql
from clipviz.datasets.marks import sign_sql, unit_sql, unmarked_sql, without_unit_sql
from clipviz.datasets.numerals import number_sql, whole_sql

if TYPE_CHECKING:
    import duckdb

DATELIKE = r"^(?:\pL{2,12}[,. ] ?)?(?:[0-9]{1,4}[-/. ]+[0-9\pL]|\pL{3,10}[-., ]+[0-9])"
BRACKETED = "d IS NOT NULL AND starts_with(x, '(')"


@dataclass(frozen=True)
class Closer:
    """Of one column: cells that are numbers once their signs are gone, whole ones, those that were written with signs,
    which signs; cells that are numbers once the unit behind them is gone, whole ones, which units; times of day; the
    cells that are dates with the day first and with the month first, and those for which the two differ;
    numbers in brackets.
    """

    numbers: int = 0
    whole: int = 0
    signed: int = 0
    signs: tuple[str, ...] = ()
    measured: int = 0
    whole_measured: int = 0
    units: tuple[str, ...] = ()
    clocks: int = 0
    days: int = 0
    months: int = 0
    differ: int = 0
    bracketed: int = 0

    def orders(self, present: int) -> tuple[str, ...]:
        """The orders in which every cell is a date."""
        fitting = (("day", self.days), ("month", self.months))
        return tuple(order for order, count in fitting if count == present)


def look(
    connection: "duckdb.DuckDBPyConnection", places: Sequence[int], reading: Reading
) -> dict[int, Closer]:
    """What is seen in the columns c1..cn of `cells` at these places (from 0)."""
    if not places:
        return {}
    columns = ", ".join(f"c{place + 1}" for place in places)
    number = number_sql("u", reading.decimal or ".", reading.thousands or "")
    # Each different cell once: there are fewer of them, and reading dates in fifty spellings is slow.
    cells = f"SELECT name, x, count(*) AS k FROM (UNPIVOT cells ON {columns} INTO NAME name VALUE x) GROUP BY name, x"
    bare = f"SELECT *, {unmarked_sql('x')} AS u, regexp_matches(x, '{DATELIKE}') AS dated FROM ({cells})"
    measured = number_sql(without_unit_sql("u"), reading.decimal or ".", reading.thousands or "")
    source = (
        f"SELECT *, {number} AS d, coalesce(d, {measured}) AS e, "
        f"CASE WHEN dated AND d IS NULL THEN {ordered_sql('x', 'day')} END AS day, "
        f"CASE WHEN dated AND d IS NULL THEN {ordered_sql('x', 'month')} END AS month FROM ({bare})"
    )
    found = connection.execute(
        f"SELECT name, {_sum('d IS NOT NULL')}, {_sum(whole_sql('d'))}, "
        f"{_sum('d IS NOT NULL AND u <> x')}, list(DISTINCT {sign_sql('x')}) FILTER (d IS NOT NULL AND u <> x), "
        f"{_sum('e IS NOT NULL')}, {_sum(whole_sql('e'))}, "
        f"list(DISTINCT {unit_sql('u')}) FILTER (d IS NULL AND e IS NOT NULL), "
        f"{_sum(clock_sql('x') + ' IS NOT NULL')}, "
        f"{_sum('day IS NOT NULL')}, {_sum('month IS NOT NULL')}, {_sum('day <> month')}, "
        f"{_sum(BRACKETED)} "
        f"FROM ({source}) GROUP BY name"
    ).fetchall()
    return {
        int(name[1:]) - 1: Closer(
            numbers, whole, signed, _words(signs), measured, whole_measured, _words(units), *others
        )
        for name, numbers, whole, signed, signs, measured, whole_measured, units, *others in found
    }


def _words(found: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted(filter(None, found or ())))


def _sum(condition: str) -> str:
    """SQL that counts the cells for which a condition holds."""
    return f"CAST(coalesce(sum(k) FILTER ({condition}), 0) AS BIGINT)"
