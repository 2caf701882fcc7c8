"""Dates as people write them: the SQL that reads them, with the day or the month first."""

from clipviz.datasets.staging import literal

TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
CLEAR = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S")
NAMED = ("%d %b %y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%d. %B %Y",
         "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")  # fmt: skip
SHORT = ("%d.%m.%y", "%d.%m.%y %H:%M")
COMPACT = ("%Y%m%d",)


def clear_sql(cell: str) -> str:
    """SQL for the TIMESTAMP of a date that can be read in one way only, else NULL; the clock is kept, a zone is not."""
    found = f"coalesce(TRY_CAST({cell} AS TIMESTAMP), try_strptime({cell}, [{_listed(CLEAR)}]))"
    return f"CASE WHEN year({found}) >= 1000 THEN {found} END"  # 3/4/20 is not the year 3, nor the year 20


def ordered_sql(cell: str, order: str) -> str:
    """SQL for the TIMESTAMP of a date of any spelling, "day" or "month" first in 3/4/2020, else NULL."""
    first = "%d{0}%m{0}" if order == "day" else "%m{0}%d{0}"
    formats = [
        f"{first.format(mark)}{year}{time}" for mark in "/-" for time in TIMES for year in ("%y", "%Y")
    ]
    return f"coalesce({clear_sql(cell)}, try_strptime({cell}, [{_listed((*NAMED, *SHORT, *formats))}]))"


def chosen_sql(cell: str, order: str) -> str:
    """`ordered_sql` for a column that a person calls a date: 20200131 is one as well."""
    compact = f"CASE WHEN length({cell}) = 8 THEN try_strptime({cell}, [{_listed(COMPACT)}]) END"
    return f"coalesce({compact}, {ordered_sql(cell, order)})"


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(literal(form) for form in formats)
