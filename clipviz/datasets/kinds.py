"""What kind each column is, decided from every cell, never from a sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipviz.core.dataset import CLOCK, NAMELESS, Kind, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import closer
from clipviz.datasets.closer import Closer
from clipviz.datasets.counts import FALSE, TRUE, Counts, count
from clipviz.datasets.dates import EPOCH, chosen_sql, clear_sql, clock_sql, ordered_sql, unit
from clipviz.datasets.marks import unmarked_sql, without_unit_sql
from clipviz.datasets.numerals import exact_sql, number_sql, whole_sql
from clipviz.datasets.staging import Declared

if TYPE_CHECKING:
    import duckdb

BAD_SHARE = 0.05
CELLS_AT_ONCE = 1_000_000
LARGEST_INT64 = 2.0**63
PROSE_WORDS = 4.0


@dataclass(frozen=True)
class Typed:
    """How one column of `cells` is read.

    cell: its name there. value: SQL of its typed value. stored: the SQL type that an integer is kept as. misfit: SQL
    that is true for a cell that is there and cannot be read as this kind. bad: how many such cells there are. note: a
    sentence about the choice, "" for the obvious. marks: see `Column.marks`.
    """

    kind: Kind
    cell: str
    value: str
    misfit: str
    bad: int
    stored: str = ""
    note: str = ""
    marks: tuple[str, ...] = ()


def decide(
    connection: "duckdb.DuckDBPyConnection",
    names: Sequence[str],
    reading: Reading,
    overrides: dict[str, Kind],
    declared: Sequence[Declared | None] = (),
    repeated: bool = False,
    native: Mapping[int, Kind] = {},
) -> list[Typed]:
    """The kind of each column c1..cn of `cells`; `overrides` and `reading.kinds` by column name win.

    A column is a number when nearly all of its cells (95 %, or all but one of at least eight) are; the rows of the
    others are rejected later. It is a boolean or a date only when every cell is. declared: what the file says of its
    columns. native: the columns that are doubles, of which nothing is left to decide. repeated: few different cells are
    to be expected, so that each is looked at once. Raises UnreadableFile for an override of a column that is not there.
    """
    unknown = [name for name in overrides if name not in names]
    if unknown:
        raise UnreadableFile("A column's kind can be set only for a column of the file", repr(unknown[0]))
    chosen: dict[str, Kind] = {**reading.kinds, **overrides}
    said = [*declared, *[None] * len(names)][: len(names)]
    counts: dict[int, Counts] = {}
    nearer: dict[int, Closer] = {}
    rows = connection.execute("SELECT count(*) FROM cells").fetchall()[0][0]
    at_once = max(1, CELLS_AT_ONCE // max(1, rows))
    undecided = [place for place in range(len(names)) if place not in native]
    for start in range(0, len(undecided), at_once):
        chunk = undecided[start : start + at_once]
        counts |= dict(zip(chunk, count(connection, chunk, reading, repeated), strict=True))
        odd = [
            place for place in chunk if chosen.get(names[place]) or (counts[place].odd and not said[place])
        ]
        nearer |= closer.look(connection, odd, reading)
    evidence = {near.orders(counts[place].present) for place, near in nearer.items()} - {(), ("day", "month")}
    usual = reading.date_order or (next(iter(evidence))[0] if len(evidence) == 1 else "day")
    settled = bool(reading.date_order or len(evidence) == 1)
    return [
        _as_it_is(place, native[place])
        if place in native
        else _Column(
            name, f"c{place + 1}", reading, counts[place], nearer.get(place, Closer()), usual, settled
        ).typed(chosen.get(name), said[place])
        for place, name in enumerate(names)
    ]


@dataclass(frozen=True)
class _Column:
    """One column on its way to a kind. usual: the order of dates that fit both; settled: not by default."""

    name: str
    cell: str
    reading: Reading
    counts: Counts
    near: Closer
    usual: str
    settled: bool

    def typed(self, chosen: Kind | None, said: Declared | None) -> Typed:
        kind = chosen or self.kind(said)
        readers = {"number": self._number, "integer": self._number, "date": self._date}
        if kind in readers:
            return readers[kind](kind, chosen is not None)
        value, readable, note = self.cell, self.counts.present, ""
        if kind == "boolean":
            value = (
                f"CASE WHEN lower({self.cell}) IN {(*TRUE, '1')} THEN true "
                f"WHEN lower({self.cell}) IN {(*FALSE, '0')} THEN false END"
            )
            readable = self.counts.truths + self.counts.bits
        elif kind == "empty":
            value = "CAST(NULL AS VARCHAR)"
        elif self.counts.code and not chosen and not said:
            note = f"{self.name} holds codes that begin with zeros; they are kept as words."
        elif kind == "text" and not chosen and self._identifies():
            note = f"{self.name} has another short value in nearly every row: names or identifiers."
        misfit = "false" if kind == "empty" else f"({self.cell} IS NOT NULL AND {value} IS NULL)"
        return Typed(kind, self.cell, value, misfit, self.counts.present - readable, note=note)

    def kind(self, said: Declared | None) -> Kind:
        """What the cells say, and before them the file."""
        counts = self.counts
        if said and said != "words":
            return said
        if counts.present == 0 or (counts.not_a_number == counts.present and not said):
            return "empty"
        if not said:
            if counts.numbers == counts.present and not counts.code:
                return "integer" if counts.whole == counts.numbers or counts.wide else "number"
            if counts.truths == counts.present:
                return "boolean"
            if not counts.code and self._nearly(counts.numbers):
                return "integer" if counts.whole == counts.numbers else "number"
            if self.near.signed and self._nearly(self.near.numbers) and not self._listed:
                return "integer" if self.near.whole == self.near.numbers else "number"
            if self.unit and self._nearly(self.near.measured):
                return "integer" if self.near.whole_measured == self.near.measured else "number"
            if self.near.clocks == counts.present:
                return "number"
        if not counts.code and (counts.dates == counts.present or self.near.orders(counts.present)):
            return "date"
        repeated = 2 * counts.distinct <= counts.present
        short = (counts.length or 0) <= 100
        many = counts.distinct > 1000 and (counts.words or 1) >= PROSE_WORDS
        return "category" if short and (counts.distinct <= 20 or (repeated and not many)) else "text"

    @property
    def _listed(self) -> bool:
        """True where every number stands in brackets: (1), (2) are no amounts below zero."""
        return 0 < self.near.bracketed == self.near.numbers and not self.near.signs

    def _nearly(self, readable: int) -> bool:
        strange = self.counts.present - readable
        few = max(BAD_SHARE * self.counts.present, 1 if self.counts.present >= 8 else 0)
        return readable > 0 and strange <= few

    def _identifies(self) -> bool:
        counts = self.counts
        return counts.distinct > 0.9 * counts.present > 50 and (counts.words or 9) < PROSE_WORDS

    @property
    def unit(self) -> str:
        """The one unit that stands behind the numbers, "" where there is none or more than one, and where so few cells
        have it that they are slips: 1O5, 0x1F."""
        one = len(self.near.units) == 1 and not self.near.signs and not self._nearly(self.near.numbers)
        return self.near.units[0] if one else ""

    def _spelled(self) -> tuple[str, int, int, str]:
        """How the cells become bare numbers: their SQL, how many it makes numbers, and whole ones; a sentence."""
        near, bare, name = self.near, unmarked_sql(self.cell), self.name
        if near.clocks > max(near.numbers, near.measured):
            note = f"{name} holds times, hours first: read as seconds."
            return clock_sql(self.cell), near.clocks, near.clocks, note
        if self.unit and near.measured > near.numbers:
            note = f"{name} is read without its unit {self.unit}."
            return without_unit_sql(bare), near.measured, near.whole_measured, note
        if not near.signed:
            return self.cell, self.counts.numbers, self.counts.whole, ""
        signs = near.signs
        listed = " and ".join(signs) if len(signs) <= 2 else ", ".join(signs)
        ending = "; it mixes units." if len(signs) > 1 else ": 12 % is 12." if signs == ("%",) else "."
        note = f"{name} is read without the sign {listed}{ending}" if signs else ""
        if near.bracketed:
            note = f"{note} {name} holds amounts in brackets: (5) is -5.".strip()
        return bare, near.numbers, near.whole, note

    def _marks(self) -> tuple[str, ...]:
        """What `_spelled` takes off."""
        if self.near.clocks > max(self.near.numbers, self.near.measured):
            return (CLOCK,)
        if self.unit and self.near.measured > self.near.numbers:
            return (self.unit,)
        return self.near.signs or (NAMELESS,)

    def _number(self, kind: Kind, chosen: bool) -> Typed:
        """A number or an integer, with its signs and its unit taken off where it has any."""
        marks = (self.reading.decimal or ".", self.reading.thousands or "")
        cell, readable, whole, note = self._spelled()
        plain = cell == self.cell
        timed = self.near.clocks > max(self.near.numbers, self.near.measured)
        value, stored = cell if timed else number_sql(cell, *marks), ""
        misfit = f"({self.cell} IS NOT NULL AND {value} IS NULL)"
        if kind == "integer" and self.counts.wide and plain:
            stored = "BIGINT" if (self.counts.biggest or 0) < LARGEST_INT64 else "DECIMAL(38,0)"
            value = exact_sql(self.cell, marks[1], stored)
            misfit = f"({self.cell} IS NOT NULL AND {value} IS NULL)"
            note = f"{self.name} holds whole numbers beyond 2^53: kept exactly, rounded where a network reads them."
            readable = self.counts.whole + self.counts.big
        elif kind == "integer":
            stored, readable = "BIGINT", whole
            misfit = f"({self.cell} IS NOT NULL AND ({value} IS NULL OR NOT ({whole_sql(value)})))"
        bad = self.counts.present - readable
        return Typed(kind, self.cell, value, misfit, bad, stored, note, () if plain else self._marks())

    def _date(self, kind: Kind, chosen: bool) -> Typed:
        """A date; where each cell fits both orders, the order that the other columns or the person speak for."""
        present, note = self.counts.present, ""
        value, readable = clear_sql(self.cell), self.counts.dates
        if readable != present:
            orders = self.near.orders(present)
            order = orders[0] if len(orders) == 1 else self.usual
            value = ordered_sql(self.cell, order)
            readable = self.near.days if order == "day" else self.near.months
            if len(orders) == 2 and not self.settled and self.near.days and self._ambiguous:
                note = f"{self.name} holds dates that may have the day or the month first; the day was taken as first."
        converted = f"{self.name} holds times with an offset from UTC: they were converted to UTC."
        kept = f"{self.name} names zones; its clocks are kept as they are."
        first = f"{self.name} holds quarters or weeks: each is read as its first day."
        notes = (
            note,
            first if self.counts.spans else "",
            converted if self.counts.zoned else "",
            kept if self.counts.placed else "",
        )
        note = " ".join(filter(None, notes))
        if chosen and readable != present:
            largest = self.counts.biggest or 0.0
            if largest >= EPOCH:
                note = f"{self.name} is read as {unit(largest)} since 1970, UTC."
            value, readable = (
                chosen_sql(self.cell, self.usual, largest),
                -1,
            )  # counted when the rows are told apart
        bad = present if readable < 0 else present - readable
        return Typed(kind, self.cell, value, f"({self.cell} IS NOT NULL AND {value} IS NULL)", bad, note=note)

    @property
    def _ambiguous(self) -> bool:
        return self.near.differ > 0


def _as_it_is(place: int, kind: Kind) -> Typed:
    return Typed(kind, f"c{place + 1}", f"c{place + 1}", "false", 0, "BIGINT" if kind == "integer" else "")


def kind_of(counts: Counts) -> Kind:
    """The kind of a column of which nothing but its counts is known, as of one that was read as numbers."""
    return _Column("", "", Reading(), counts, Closer(), "day", settled=True).kind(None)
