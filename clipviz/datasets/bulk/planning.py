"""How a large text table is to be parsed: which of its columns are taken for numbers, told by its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clipviz.core.dataset import Kind, Reading
from clipviz.datasets import dialect, numerals
from clipviz.datasets.bulk.parse import Plan
from clipviz.datasets.bulk.stretches import NotPlainError
from clipviz.datasets.counts import CODE_LENGTH
from clipviz.datasets.kinds import BAD_SHARE

MOST_COLUMNS = 500
NUMBERS: tuple[Kind, ...] = ("number", "integer")


def plan(sample: dialect.Dialect, reading: Reading) -> Plan:
    """The plan for a file of which a sample was looked at; raises NotPlainError for one too narrow or too wide."""
    if not 1 < sample.width <= MOST_COLUMNS:
        raise NotPlainError("too narrow or too wide")
    missing = tuple(dict.fromkeys(("", *(reading.missing or ()))))
    absent = {word.strip() for word in missing}
    numbers = []
    for place in range(sample.width):
        cells = [row[place].strip() for row in sample.sample if len(row) > place]
        there = [cell for cell in cells if cell not in absent]
        good = sum(numerals.PLAIN.fullmatch(cell) is not None for cell in there)
        numbers.append(
            bool(there) and len(there) - good <= BAD_SHARE * len(there) and not _may_be_codes(there)
        )
    return Plan(sample.delimiter, sample.width, missing, tuple(numbers))


def _may_be_codes(cells: Sequence[str]) -> bool:
    """True for whole numbers of one length, which are codes where some begin with a zero, and for digits that do: read
    as words, to be seen."""
    lengths = {len(cell) for cell in cells}
    coded = any(cell.isdecimal() and cell[0] == "0" and len(cell) > 1 for cell in cells)
    alike = len(lengths) == 1 and all(float(cell).is_integer() for cell in cells)
    return max(lengths) >= CODE_LENGTH and (coded or alike)


def chosen(
    plan: Plan, named: Sequence[tuple[str, str]], kinds: Mapping[str, Kind], overrides: Mapping[str, Kind]
) -> Plan:
    """The plan for columns whose kind a person chose: those that are to be no numbers are read as words."""
    known = [name for name, _ in named]
    if any(name not in known for name in overrides):
        raise NotPlainError("a kind for a column that is not there")
    numbers = zip(plan.numbers, known, strict=True)
    return replace(plan, numbers=tuple(is_ and kinds.get(name, "number") in NUMBERS for is_, name in numbers))
