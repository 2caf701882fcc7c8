"""Dates as people write them: the SQL that reads them, with the day or the month first."""

from clipviz.datasets.month_names import english_sql
from clipviz.datasets.staging import literal

TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
CLEAR = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S",
         "%Y.%m.%d", "%Y.%m.%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ",
         "%Y/%m/%d %I:%M:%S %p", "%Y/%m/%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p",
         "%a, %d %b %Y %H:%M:%S", "%d/%b/%Y:%H:%M:%S")  # fmt: skip
NAMED = ("%d %b %y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%d. %B %Y", "%d. %b %Y",
         "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")  # fmt: skip
SHORT = ("%d.%m.%y", "%d.%m.%y %H:%M")
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%b %y")
COMPACT = ("%Y%m%d",)
SPAN = r"^([12][0-9]{3})-?(?:Q([1-4])|W([0-5][0-9])(?:-?([1-7]))?)$"
"""A quarter of a year, or a week of ISO 8601: 2020-Q1, 2020W07, 2020-W07-3."""
DAYS = r"^(?:\pL{2,12}, ?|(?i:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?\.? )"
"""A day of the week in front of a date."""
AFTER_DATE = r",\s*([0-9]{1,2}:)"
"""The comma between a date and its clock."""
EPOCH = 1e8
"""Whole numbers from which on a column that a person calls dates counts from 1970; below it is 20200131."""

ZONE = r"(:[0-9]{2}(?:\.[0-9]+)?(?: ?[AaPp][Mm])?) ?(?:GMT|UTC)?([+-])(0?[0-9]|1[0-4])(?::?([0-5][0-9]))?$"
"""An offset from UTC behind a clock: +02:00, -0500, GMT+1."""
LIKELY = r"^[0-9]+[-/.T]|^[A-Z][a-z]{2}, |^[0-9]{4}[QW][0-9]"
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
    return _of_four_digits(
        f"coalesce({cast}, try_strptime({_tidy(cell)}, [{_listed(CLEAR)}]), {_span_sql(cell)})"
    )


def _tidy(cell: str) -> str:
    """SQL for a date without the comma in front of its clock."""
    return f"regexp_replace({cell}, {literal(AFTER_DATE)}, ' \\1')"


def span_sql(cell: str) -> str:
    """SQL that is true for a quarter or a week, which are read as their first day."""
    return f"regexp_matches({cell}, {literal(SPAN)})"


def _span_sql(cell: str) -> str:
    year, quarter, week, day = (f"regexp_extract({cell}, {literal(SPAN)}, {part})" for part in range(1, 5))
    first = f"make_timestamp(TRY_CAST({year} AS BIGINT), 3 * TRY_CAST({quarter} AS BIGINT) - 2, 1, 0, 0, 0)"
    monday = f"try_strptime(concat({year}, '-', {week}, '-', coalesce(nullif({day}, ''), '1')), '%G-%V-%u')"
    return f"CASE WHEN {span_sql(cell)} THEN CASE WHEN {quarter} <> '' THEN {first} ELSE {monday} END END"


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
    named = _listed(tuple(f"{name}{time}" for name in NAMED for time in TIMES) + MONTHS)
    bare = f"regexp_replace({cell}, {literal(DAYS)}, '')"
    spelled = f"CASE WHEN regexp_matches({cell}, '\\pL{{3}}') THEN try_strptime({_tidy(english_sql(bare))}, [{named}]) "
    spelled += f"ELSE try_strptime({_tidy(cell)}, [{_listed((*SHORT, *MONTHS, *formats))}]) END"
    found = f"coalesce({clear_sql(cell)}, {_of_four_digits(spelled)})"
    return f"CASE WHEN NOT regexp_full_match({cell}, {literal(VERSION)}) THEN {found} END"


def chosen_sql(cell: str, order: str, largest: float = 0.0) -> str:
    """`ordered_sql` for a column that a person calls a date: 20200131 is one as well, and so is a number of `unit`s
    since 1970. largest: of its numbers."""
    if largest >= EPOCH:
        factor = {"seconds": 1e6, "milliseconds": 1e3, "microseconds": 1.0, "nanoseconds": 1e-3}[
            unit(largest)
        ]
        since = f"make_timestamp(TRY_CAST(round(TRY_CAST({cell} AS DOUBLE) * {factor}) AS BIGINT))"
        return f"coalesce({since}, {ordered_sql(cell, order)})"
    compact = f"CASE WHEN length({cell}) = 8 THEN try_strptime({cell}, [{_listed(COMPACT)}]) END"
    return f"coalesce({compact}, {ordered_sql(cell, order)})"


def unit(largest: float) -> str:
    """What numbers since 1970 count, where the largest of them lies in this millennium or the last."""
    units = (("seconds", 1e11), ("milliseconds", 1e14), ("microseconds", 1e17))
    return next((name for name, most in units if largest < most), "nanoseconds")


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(literal(form) for form in formats)
