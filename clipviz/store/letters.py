"""What runs say, on its way into the store: of many runs in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Stream
from clipviz.store import events, telemetry
from clipviz.store.database import Database


@dataclass(frozen=True)
class Flush:
    """One block of telemetry: steps (T,), values (T, S)."""

    stream: Stream
    steps: NDArray[np.int64]
    values: NDArray[np.float32]

    @property
    def size(self) -> int:
        return self.steps.nbytes + self.values.nbytes


@dataclass(frozen=True)
class Sentence:
    """One event."""

    step: int
    kind: str
    text: str
    size: int = 256


Letter = Flush | Sentence


@dataclass(frozen=True)
class Sender:
    """An attempt of a run."""

    run: str
    attempt: int


class Letters:
    """The letters of one store; `write` raises StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, letters: Sequence[tuple[Sender, Letter]]) -> dict[Sender, StaleAttempt]:
        """Write the letters of each run in their order, all of them or none; but for those of attempts that no longer
        own their run: why not, by sender.
        """
        refused: dict[Sender, StaleAttempt] = {}
        ordered = sorted(letters, key=lambda each: each[0].run)  # as `leases.together` locks them
        with self._database.writing() as connection:
            now = self._database.now()
            for sender, letter in ordered:
                if sender in refused:
                    continue
                run, attempt = sender.run, sender.attempt
                try:  # either looks before it writes, so that a refused letter leaves nothing behind
                    if isinstance(letter, Flush):
                        telemetry.add(connection, run, attempt, letter.stream, letter.steps, letter.values)
                    else:
                        events.add(connection, run, attempt, letter.step, letter.kind, letter.text, now)
                except StaleAttempt as refusal:
                    refused[sender] = refusal
        return refused
