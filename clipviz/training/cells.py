"""Cells as people write them, as numbers: in the spelling of the file that a network learned from."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from clipviz.core.dataset import CLOCK, Reading
from clipviz.core.errors import InvalidRecipe
from clipviz.datasets.dates import CLEAR, NAMED, SHORT, TIMES
from clipviz.datasets.dates import CLOCK as FORM_OF_CLOCK
from clipviz.datasets.marks import beside
from clipviz.datasets.numerals import GROUPED

DAY_SECONDS = 86_400.0
TRUTHS = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def plain(column: str, values: Any) -> list[Any]:
    """The cells of a column of any library as Python has them, None for those that are missing."""
    if isinstance(values, str | bytes) or not hasattr(values, "__len__") or not hasattr(values, "__iter__"):
        raise InvalidRecipe(
            f"Column {column!r} takes one value a row", repr(values)[:100], "Give a list, also of one value"
        )
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    elif isinstance(value, np.generic):
        value = value.item()
    elif hasattr(value, "as_py"):  # Arrow's
        value = value.as_py()
    lacks = value is None or type(value).__name__ in ("NAType", "NaTType")  # those of pandas equal nothing
    lacks = lacks or (isinstance(value, float) and math.isnan(value))
    return None if lacks or value == "" else value


@dataclass(frozen=True)
class Cells:
    """Reads cells as `reading` says: its words for a missing value, its decimal mark, its order of day and month."""

    reading: Reading

    def number(self, column: str, value: Any, marks: tuple[str, ...] = ()) -> float:
        """NaN where it is missing; of true and false, by any of their usual words, 1 and 0. Raises InvalidRecipe.

        marks: what may stand beside the number (see `Column.marks`), because it did so in the file; another sign or
        unit would be another quantity.
        """
        if self._missing(value):
            return math.nan
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str) and text.lower() in TRUTHS:
            return TRUTHS[text.lower()]
        try:
            found = self._spelled(text, marks) if isinstance(text, str) else float(text)
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidRecipe(
                f"Column {column!r} holds numbers",
                repr(value)[:100],
                f"Write them as 2{self.reading.decimal or '.'}44, or give None where a value is missing",
            ) from error
        return math.nan if found in self._codes else found

    def days(self, column: str, value: Any) -> float:
        """Days since 1970-01-01, NaN where it is missing; without a zone it is taken as UTC. Raises InvalidRecipe."""
        if self._missing(value):
            return math.nan
        found = value
        if isinstance(value, str):
            found = _moment(value.strip(), self.reading.date_order)
        if isinstance(found, date) and not isinstance(found, datetime):
            found = datetime(found.year, found.month, found.day, tzinfo=UTC)
        if not isinstance(found, datetime):
            raise InvalidRecipe(
                f"Column {column!r} holds dates", repr(value)[:100], "Write them as 2020-12-31, or give None"
            )
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() / DAY_SECONDS

    def _missing(self, value: Any) -> bool:
        if isinstance(value, str):
            return not value.strip() or value.strip() in (self.reading.missing or ())
        return value is None or (isinstance(value, float) and math.isnan(value))

    @cached_property
    def _codes(self) -> frozenset[float]:
        """The numbers among the words for a missing value, such as -999."""
        codes = set()
        for word in self.reading.missing or ():
            try:
                codes.add(float(word))
            except ValueError:
                continue
        return frozenset(codes)

    def _spelled(self, text: str, marks: tuple[str, ...]) -> float:
        """Raises ValueError for what is no number with at most one of these marks."""
        try:
            return float(self._pointed(text))
        except ValueError:
            if not marks:
                raise
        if CLOCK in marks:
            return _seconds(text)
        number, mark = beside(text)
        if mark and mark not in marks:
            raise ValueError
        return float(self._pointed(number))

    def _pointed(self, text: str) -> str:
        """A number with a decimal point and without thousands marks."""
        decimal, thousands = self.reading.decimal or ".", self.reading.thousands or ""
        if thousands in GROUPED and GROUPED[thousands].fullmatch(text):
            text = text.replace(thousands, "")
        return text if "." in text else text.replace(decimal, ".")


def _seconds(text: str) -> float:
    """Of a time, hours first, as `dates.clock_sql` has them; raises ValueError."""
    found = re.match(FORM_OF_CLOCK, text)
    if found is None:
        raise ValueError
    hours, minutes, seconds, half = found.groups()
    of_day = int(hours) if half is None else int(hours) % 12 + (12 if half in "pP" else 0)
    return 3600.0 * of_day + 60.0 * int(minutes) + float(seconds or 0)


@lru_cache(maxsize=4096)
def _moment(text: str, order: str | None) -> datetime | None:
    """A date in ISO 8601, or in a spelling that can be read in one way; 3/4/2020 where the order is known."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _forms(order):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


@lru_cache
def _forms(order: str | None) -> tuple[str, ...]:
    named = tuple(f"{name}{time}" for name in NAMED for time in TIMES)
    if order is None:
        return (*CLEAR, *SHORT, *named)
    first = "%d{0}%m{0}" if order == "day" else "%m{0}%d{0}"
    ordered = tuple(f"{first.format(mark)}%{year}{time}" for mark in "/-" for time in TIMES for year in "yY")
    return (*CLEAR, *SHORT, *named, *ordered)
