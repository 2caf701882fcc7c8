"""Columns of a table as they arrive, on disk: numbers as raw float64, words as Parquet."""

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from clipviz.datasets.bulk.parse import NULL, Parsed, Plan
from clipviz.datasets.counts import Counts
from clipviz.datasets.numerals import LARGEST_WHOLE

NULL_BITS = int(np.array([NULL]).view(np.int64)[0])


class Spool:
    """Takes parsed stretches in order. Memory is that of one stretch, whatever the size of the table.

    counts: of each number column, what decides its kind.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        import pyarrow as pa

        self.rows = 0
        self._plan, self._folder = plan, folder
        self._files: dict[int, IO[bytes]] = {
            place: self._place(place).open("wb") for place, number in enumerate(plan.numbers) if number
        }
        self._words = [place for place, number in enumerate(plan.numbers) if not number]
        names = [f"c{at}" for at in range(1, len(self._words) + 1)]
        self._schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in names)])
        self._writer: Any = None
        self.counts: dict[int, Counts] = {place: Counts() for place in self._files}
        self._huge = dict.fromkeys(self._files, 0)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        if self._writer is not None:
            self._writer.close()

    @property
    def words_file(self) -> Path:
        """Parquet of the text columns: line (the row, from 0), c1 ... in the order of the columns."""
        return self._folder / "words.parquet"

    def take(self, parsed: Parsed) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        bad = dict.fromkeys(self._files, 0)
        for misfit in parsed.misfits:
            bad[misfit.column] += 1
        for place, values in parsed.numbers.items():
            self._files[place].write(values.tobytes())
            self._count(place, values, bad[place])
        if self._words:
            if self._writer is None:
                self._writer = pq.ParquetWriter(self.words_file, self._schema, compression="lz4")
            rows = pa.array(np.arange(self.rows, self.rows + parsed.rows))
            columns = [rows, *(parsed.words[place].combine_chunks() for place in self._words)]
            self._writer.write_table(
                pa.Table.from_arrays([pa.chunked_array([c]) for c in columns], schema=self._schema)
            )
        self.rows += parsed.rows

    def finish(self) -> None:
        """Everything is on disk, and can be read."""
        self.__exit__()
        self._files, self._writer = {}, None

    def values(self, place: int) -> NDArray[np.float64]:
        """(rows,) of a number column, memory-mapped; NULL where the cell was empty or no number."""
        if not self.rows:
            return np.empty(0)
        return np.memmap(self._place(place), dtype=np.float64, mode="r")

    def beyond(self, place: int) -> bool:
        """Whether a column holds whole numbers only, some too large for float64 to tell from their neighbours."""
        counts = self.counts[place]
        return self._huge[place] > 0 and counts.whole + self._huge[place] == counts.numbers

    def _count(self, place: int, values: NDArray[np.float64], bad: int) -> None:
        """Adds to the counts of a column; bad: cells that are no numbers, NULL among the values."""
        before = self.counts[place]
        finite = np.isfinite(values)
        nulls = nans = 0
        if not finite.all():
            bits = values[~finite].view(np.int64)
            nulls = int((bits == NULL_BITS).sum())
            nans = int(np.isnan(values[~finite]).sum()) - nulls
            values = values[finite]
        whole = values[values == np.floor(values)]
        huge = int((np.abs(whole) >= LARGEST_WHOLE).sum()) if len(whole) else 0
        self._huge[place] += huge
        numbers = len(finite) - nulls
        self.counts[place] = replace(
            before,
            present=before.present + numbers + bad,
            numbers=before.numbers + numbers,
            whole=before.whole + len(whole) - huge,
            not_a_number=before.not_a_number + nans,
        )

    def _place(self, place: int) -> Path:
        return self._folder / f"{place}.f64"
