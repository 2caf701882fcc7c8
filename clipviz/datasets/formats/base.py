"""What every file format does: guess how a file is to be read, and lay its cells out as text."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from clipviz.core.dataset import Kind, Reading
from clipviz.datasets.staging import Contents, Raw, Sketch, open_staging

PREVIEW_MB = 1500
"""Memory of the database that looks at the first rows: a table of 20,000 columns takes most of it."""

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Format(ABC):
    """A file format. Everything behind `stage` (types, rejects, Parquet) is shared by all formats of tables.

    kind: what a dataset of this format is. general: True for a format that steps back when another one fits.
    """

    suffixes: ClassVar[tuple[str, ...]]
    title: ClassVar[str]
    kind: ClassVar[Literal["table", "images"]] = "table"
    general: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        """True when a file looks like this format, whatever it is called; head: its first 64 KiB."""

    @abstractmethod
    def guess(self, path: Path, given: Reading) -> Reading:
        """`given` with every None that applies to this format filled in; raises UnreadableFile."""

    def choices(self, path: Path) -> dict[str, list[str]]:
        """What may be chosen in this file, by field of the reading, such as the sheets of a workbook."""
        return {}

    @abstractmethod
    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        """Fill the table `raw` (line BIGINT, c1..cn VARCHAR) with at most `rows` rows; raises UnreadableFile.

        Scratch files may be left in `folder`.
        """

    def read(
        self, path: Path, reading: Reading, folder: Path, overrides: dict[str, Kind], memory_mb: int = 2000
    ) -> Contents:
        """Write folder/data.parquet and folder/rejected.parquet; raises UnreadableFile.

        reading: as `guess` returned it. overrides: kinds by column name, instead of the decided ones.
        """
        from clipviz.datasets import typed

        with open_staging(folder, memory_mb) as (connection, scratch):
            raw = self.stage(path, reading, scratch, connection, None)
            return typed.write(connection, raw, reading, overrides, folder)

    def preview(self, path: Path, reading: Reading, rows: int = 20, folder: Path | None = None) -> Sketch:
        """The first rows as they would be read; raises UnreadableFile."""
        from clipviz.datasets import typed

        with open_staging(folder, PREVIEW_MB) as (connection, scratch):
            raw = self.stage(path, reading, scratch, connection, max(rows, 1000))
            return typed.sketch(connection, raw, reading, rows)
