"""Parquet files, read row group by row group."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clipviz.core.dataset import Reading
from clipviz.datasets import columnar
from clipviz.datasets.formats.base import Format
from clipviz.datasets.staging import BLOCK, Raw

if TYPE_CHECKING:
    import duckdb


class Parquet(Format):
    """A Parquet file: its own types are kept, a null is missing and no word is."""

    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    title: ClassVar[str] = "Parquet file"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return head.startswith(b"PAR1")

    def guess(self, path: Path, given: Reading) -> Reading:
        return Reading(format="parquet", missing=given.missing or (), date_order=given.date_order)

    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        import pyarrow.parquet as pq

        with columnar.damage_said("A Parquet file"), pq.ParquetFile(path) as file:
            return columnar.stage(
                connection, folder, file.schema_arrow, file.iter_batches(batch_size=BLOCK), rows
            )
