"""What a specimen of the zoo is: a file as somebody really has it, and what must come of it."""

from dataclasses import dataclass, field

from clipviz.core.dataset import Kind


@dataclass(frozen=True)
class Specimen:
    """name: in words. file: what it is called. Either `says` (a pattern that its refusal matches), or `rows` and
    `rejected` with what else is known: kinds by column, values of the first row, words of the first rejected row, words
    of a note."""

    name: str
    file: str
    content: bytes
    rows: int = 0
    rejected: int = 0
    says: str = ""
    kinds: dict[str, Kind] = field(default_factory=dict)
    first: dict[str, object] = field(default_factory=dict)
    reason: str = ""
    note: str = ""

    def __str__(self) -> str:
        return self.name


def lines(*given: str, end: str = "\n") -> bytes:
    return (end.join(given) + end).encode()


def table(header: str, row: str, count: int = 40) -> bytes:
    """`count` rows of a pattern in which {n} is the number of the row."""
    return lines(header, *(row.replace("{n}", str(n)) for n in range(count)))
