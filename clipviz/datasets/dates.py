"""Dates as people write them: the SQL that reads them, with the day or the month first."""

from clipviz.datasets.month_names import english_sql
from clipviz.datasets.staging import literal

TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
CLEAR = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S",

         "%Y/%m/%d %I:%M:%S %p", "%Y/%m/%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p",
         "%a, %d %b %Y %H:%M:%S", "%d/%b/%Y:%H:%M:%S")  # fmt: skip
NAMED = ("%d %b %y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%d. %B %Y", "%d. %b %Y",
         "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")  # fmt: skip
SHORT = ("%d.%m.%y", "%d.%m.%y %H:%M")
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%b %y")
COMPACT = ("%Y%m%d",)


ZONE = r"(:[0-9]{2}(?:\.[0-9]+)?(?: ?[AaPp][Mm])?) ?(?:GMT|UTC)?([+-])(0?[0-9]|1[0-4])(?::?([0-5][0-9]))?$"
"""An offset from UTC behind a clock: +02:00, -0500, GMT+1."""
LIKELY = r"^[0-9]+[-/.T]|^[A-Z][a-z]{2}, "
VERSION = r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]"
"""Three numbers of which the last, with one digit, is no year: 1.2.0."""
CLOCK = r"^([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?(?: ?([AaPp])[Mm])?$"


def clear_sql(cell: str) -> str:
    """SQL for the TIMESTAMP of a date that can be read in one way only, else NULL; one with an offset is in UTC."""
    bare = f"regexp_replace({cell}, {literal(ZONE)}, '\\1')"
    hours, minutes = (
        f"TRY_CAST(regexp_extract({cell}, {literal(ZONE)}, {part}) AS INTEGER)" for part in (3, 4)
    )
    sign = f"CASE regexp_extract({cell}, {literal(ZONE)}, 2) WHEN '-' THEN 1 ELSE -1 END"
    moved = f"{_found(bare)} + to_minutes({sign} * (60 * {hours} + coalesce({minutes}, 0)))"
    likely = f"regexp_matches({cell}, {literal(LIKELY)})"  # cheap, and most words are none
    return f"CASE WHEN {likely} THEN CASE WHEN {zoned_sql(cell)} THEN {moved} ELSE {_found(cell)} END END"


def zoned_sql(cell: str) -> str:
    """SQL that is true for a cell that ends in a clock with an offset from UTC."""
    return f"(contains({cell}, ':') AND regexp_matches({cell}, {literal(ZONE)}))"


def named_zone_sql(cell: str) -> str:
    """SQL that is true for a cell that ends in a clock and the name of a zone: EST, Europe/Zurich."""
    named = f"regexp_matches({cell}, ':[0-9.]+ ?[A-Za-z_]{{2,}}(/[A-Za-z_]+)?$')"
    return f"(contains({cell}, ':') AND {named} AND NOT regexp_matches({cell}, '(UTC|GMT|[AaPp][Mm])$'))"


def _found(cell: str) -> str:
    # DuckDB passes over whatever word stands behind the clock, PM too.
    cast = f"CASE WHEN NOT regexp_matches({cell}, ' ?[AaPp][Mm]$') THEN TRY_CAST({cell} AS TIMESTAMP) END"
    return _of_four_digits(f"coalesce({cast}, try_strptime({cell}, [{_listed(CLEAR)}]))")


def _of_four_digits(found: str) -> str:
    """SQL for a TIMESTAMP whose year has four digits: 3/4/20 is not the year 3, nor 20, and 1/2 is not the year 2."""
    return f"CASE WHEN year({found}) >= 1000 THEN {found} END"


def clock_sql(cell: str) -> str:
    """SQL for the seconds that a time of day or a duration spells, hours first: 5400 for 1:30, 01:30:00 and 1:30 AM."""
    hours, minutes, seconds = (
        f"coalesce(TRY_CAST(regexp_extract({cell}, {literal(CLOCK)}, {part}) AS DOUBLE), 0)"
        for part in (1, 2, 3)
    )
    half = f"lower(regexp_extract({cell}, {literal(CLOCK)}, 4))"
    of_day = f"CASE {half} WHEN 'a' THEN {hours} % 12 WHEN 'p' THEN {hours} % 12 + 12 ELSE {hours} END"
    whole = f"3600 * ({of_day}) + 60 * {minutes} + {seconds}"
    return f"CASE WHEN regexp_matches({cell}, {literal(CLOCK)}) THEN {whole} END"


def ordered_sql(cell: str, order: str) -> str:
    """SQL for the TIMESTAMP of a date of any spelling, "day" or "month" first in 3/4/2020, else NULL."""
    first = "%d{0}%m{0}" if order == "day" else "%m{0}%d{0}"
    formats = [
        f"{first.format(mark)}{year}{time}" for mark in "/-" for time in TIMES for year in ("%y", "%Y")
    ]
    known = _listed((*NAMED, *SHORT, *MONTHS, *formats))
    found = f"coalesce({clear_sql(cell)}, {_of_four_digits(f'try_strptime({english_sql(cell)}, [{known}])')})"
    return f"CASE WHEN NOT regexp_full_match({cell}, {literal(VERSION)}) THEN {found} END"


def chosen_sql(cell: str, order: str) -> str:
    """`ordered_sql` for a column that a person calls a date: 20200131 is one as well."""
    compact = f"CASE WHEN length({cell}) = 8 THEN try_strptime({cell}, [{_listed(COMPACT)}]) END"
    return f"coalesce({compact}, {ordered_sql(cell, order)})"


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(literal(form) for form in formats)
