"""A large text table to Parquet: parsed in stretches by two threads, kinds decided from every cell, then written."""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipviz.core.dataset import Kind, Reading, RejectedRow
from clipviz.datasets import dialect, lines, names, progress
from clipviz.datasets.bulk import planning
from clipviz.datasets.bulk.parse import Misfit, Parsed, Plan, parse
from clipviz.datasets.bulk.planning import NUMBERS
from clipviz.datasets.bulk.spool import Spool
from clipviz.datasets.bulk.stretches import NotPlainError, Stretch, stretches
from clipviz.datasets.bulk.write import Kinds, write
from clipviz.datasets.cells import clean_cells
from clipviz.datasets.header import fitted, joined, misfit_names
from clipviz.datasets.kinds import BAD_SHARE, decide, kind_of
from clipviz.datasets.marks import unmarked
from clipviz.datasets.staging import Contents, literal, open_staging
from clipviz.datasets.totals import TOTAL
from clipviz.datasets.typed import WORDS

if TYPE_CHECKING:
    import duckdb

LARGE = 16_000_000
THREADS = min(4, os.cpu_count() or 1)
ATTEMPTS = 4
MOST_MISFITS = 200_000
CLEAR = 1_000
"""Bad cells from which on a share of bad ones says that a column holds no numbers."""


def suits(path: Path, reading: Reading) -> bool:
    """Whether a file is large, and written in the plainest way: UTF-8, decimal points, no thousands marks."""
    plain = Reading(
        format="delimited",
        delimiter=reading.delimiter,
        decimal=".",
        thousands="",
        encoding="utf-8",
        header=reading.header,
        missing=reading.missing,
        member=reading.member,
        date_order=reading.date_order,
        kinds=reading.kinds,
    )
    return reading == plain and reading.delimiter in (",", ";", "\t", "|") and path.stat().st_size >= LARGE


def read(
    path: Path,
    reading: Reading,
    folder: Path,
    overrides: Mapping[str, Kind] = {},
    memory_mb: int = 2000,
) -> Contents:
    """Write folder/data.parquet and folder/rejected.parquet, the same as the careful way writes.

    overrides: kinds by column name; they win over those of the reading, and these over what the cells say.
    Raises NotPlainError, with nothing left in the folder, for a file that only the careful way reads well; and
    UnreadableFile.
    """
    sample = dialect.guess(dialect.sample_lines(path, "utf-8"), reading.delimiter, reading.header)
    plan = planning.plan(sample, reading)
    chosen: dict[str, Kind] = {**reading.kinds, **overrides}
    if chosen:
        plan = planning.chosen(
            plan, names.clean(joined([_header(path, reading, plan)], plan.width)), chosen, overrides
        )
    for _ in range(ATTEMPTS):
        with open_staging(folder, memory_mb) as (connection, scratch):
            try:
                with Spool(scratch, plan) as spool:
                    header, rejected, misfits = _spooled(path, reading, plan, spool)
                    header = fitted(header, sample.sample, plan.width) if header else header
                    spool.finish()
                    named = names.clean(joined([header], plan.width))
                    kinds = _decided(connection, spool, plan, reading, [name for name, _ in named], chosen)
                    refused = [*rejected, *_refused(misfits, named, kinds)]
                    contents = write(connection, spool, plan, named, kinds, refused, misfits, folder)
                    return replace(contents, notes=(*misfit_names(header, plan.width), *contents.notes))
            except _NotNumbersError as wrong:
                numbers = tuple(is_ and place not in wrong.columns for place, is_ in enumerate(plan.numbers))
                plan = replace(plan, numbers=numbers)
    raise NotPlainError("columns whose kind changes again and again")


class _NotNumbersError(Exception):
    """Columns that were taken for numbers hold words."""

    def __init__(self, *columns: int) -> None:
        self.columns = columns


def _spooled(
    path: Path, reading: Reading, plan: Plan, spool: Spool
) -> tuple[list[str], list[RejectedRow], list[Misfit]]:
    """(header, rows that are none, cells that are no numbers), with everything else in the spool."""
    total = path.stat().st_size
    rejected: list[RejectedRow] = []
    misfits: list[Misfit] = []
    header: list[str] = []

    def after_header() -> Iterator[Stretch]:
        wanted = bool(reading.header)
        for stretch in stretches(path):
            if wanted:
                wanted, stretch, found = _beheaded(stretch, plan.delimiter)
                header.extend(found)
            if stretch.data:
                yield stretch

    for stretch, parsed in _parsed(after_header(), plan):
        rejected += parsed.rejected
        misfits += [replace(misfit, row=misfit.row + spool.rows) for misfit in parsed.misfits]
        if signed := {misfit.column for misfit in parsed.misfits if unmarked(misfit.word) != misfit.word}:
            raise _NotNumbersError(*signed)  # once more, as words: their signs are taken off there
        spool.take(parsed)
        _check(spool, len(misfits))
        progress.say(stretch.end, total, "reading")
    if not spool.rows:
        raise NotPlainError("no rows")
    return header, rejected, misfits


def _parsed(given: Iterator[Stretch], plan: Plan) -> Iterator[tuple[Stretch, Parsed]]:
    """Stretches and what is in them, in order, a few at a time."""
    waiting: deque[tuple[Stretch, Future[Parsed]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for stretch in given:
                waiting.append((stretch, pool.submit(parse, stretch, plan)))
                if len(waiting) > THREADS:
                    first, parsed = waiting.popleft()
                    yield first, parsed.result()
            while waiting:
                first, parsed = waiting.popleft()
                yield first, parsed.result()
        finally:
            for _, parsed in waiting:
                parsed.cancel()


def _header(path: Path, reading: Reading, plan: Plan) -> list[str]:
    """The cells of the header row; none where there is none."""
    if reading.header:
        for stretch in stretches(path):
            wanted, _, found = _beheaded(stretch, plan.delimiter)
            if not wanted:
                return found
    return []


def _beheaded(stretch: Stretch, delimiter: str) -> tuple[bool, Stretch, list[str]]:
    """(whether the header is still to come, the stretch behind it, its cells)."""
    at, data = stretch.line, stretch.data
    while data:
        record, _, data = data.partition(b"\n")
        at += 1
        if record.strip(b" \x1a"):
            if record.count(b'"') % 2 or len(record) > lines.LONGEST_RECORD or b"\0" in record:
                raise NotPlainError("a header of an odd shape")
            text = record.decode("utf-8", "surrogateescape")
            cells = lines.parse(text + "\n", delimiter) or [text]
            return False, Stretch(data, at, stretch.end), cells
    return True, Stretch(b"", at, stretch.end), []


def _check(spool: Spool, misfits: int) -> None:
    """Raises _NotNumbersError as soon as it is clear that a column holds words."""
    wrong = [
        place
        for place, counts in spool.counts.items()
        if (bad := counts.present - counts.numbers) > CLEAR and bad > BAD_SHARE * counts.present
    ]
    if wrong:
        raise _NotNumbersError(*wrong)
    if misfits > MOST_MISFITS:
        raise NotPlainError("many cells that are no numbers")


def _decided(
    connection: "duckdb.DuckDBPyConnection",
    spool: Spool,
    plan: Plan,
    reading: Reading,
    wanted: Sequence[str],
    chosen: Mapping[str, Kind],
) -> Kinds:
    """The kind of each column, from every cell and from what was chosen."""
    numbers: dict[int, Kind] = {}
    for place, counts in spool.counts.items():
        kind = kind_of(counts)
        asked = chosen.get(wanted[place])
        if spool.beyond(place):
            raise _NotNumbersError(place)  # once more, as words: those keep every digit
        if kind not in (*NUMBERS, "empty") or (asked == "integer" and kind != "integer"):
            raise _NotNumbersError(place)
        numbers[place] = asked if asked in NUMBERS else kind
    words = [place for place, number in enumerate(plan.numbers) if not number]
    if not words:
        return Kinds(numbers, {})
    source = literal(str(spool.words_file))
    connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_parquet({source})")
    if _may_be_total(connection):
        raise NotPlainError("a last row that says that it is a total")
    clean_cells(connection, len(words), reading.missing or ())
    given = {name: chosen[name] for place in words if (name := wanted[place]) in chosen}
    typed = decide(connection, [wanted[place] for place in words], reading, given, repeated=True)
    if any(column.bad for column in typed):
        raise NotPlainError("numbers that began as words")
    return Kinds(numbers, dict(zip(words, typed, strict=True)))


def _may_be_total(connection: "duckdb.DuckDBPyConnection") -> bool:
    """Whether a word of the last row of `raw` says so."""
    last = connection.execute("SELECT * EXCLUDE line FROM raw ORDER BY line DESC LIMIT 1").fetchall()[0]
    return any(TOTAL.fullmatch((word or "").strip(" :")) for word in last)


def _refused(misfits: Sequence[Misfit], named: Sequence[tuple[str, str]], kinds: Kinds) -> list[RejectedRow]:
    """One rejected row for each row with a cell that is no number: the first such cell is named."""
    found: dict[int, Misfit] = {}
    for misfit in misfits:
        first = found.setdefault(misfit.row, misfit)
        if misfit.column < first.column:
            found[misfit.row] = misfit
    return [
        RejectedRow(
            line=misfit.line,
            column=named[misfit.column][0],
            reason=f'"{misfit.word[:100]}" is not {WORDS[kinds.of(misfit.column)]}',
            text=misfit.text,
        )
        for misfit in found.values()
    ]
