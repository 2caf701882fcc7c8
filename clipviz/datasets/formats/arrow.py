"""Arrow files and streams, which Feather files are."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import columnar
from clipviz.datasets.formats.base import Format
from clipviz.datasets.staging import Raw

if TYPE_CHECKING:
    import duckdb

FILE, STREAM, FIRST_FEATHER = b"ARROW1", b"\xff\xff\xff\xff", b"FEA1"


class Arrow(Format):
    """An Arrow file or stream: its own types are kept, a null is missing and no word is."""

    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".feather", ".arrows")
    title: ClassVar[str] = "Arrow or Feather file"

    @classmethod
    def recognises(cls, head: bytes, path: Path) -> bool:
        return head.startswith((FILE, FIRST_FEATHER)) or (head.startswith(STREAM) and head[8:9] == b"\x10")

    def guess(self, path: Path, given: Reading) -> Reading:
        return Reading(format="arrow", missing=given.missing or (), date_order=given.date_order)

    def stage(
        self,
        path: Path,
        reading: Reading,
        folder: Path,
        connection: "duckdb.DuckDBPyConnection",
        rows: int | None,
    ) -> Raw:
        import pyarrow as pa

        with path.open("rb") as stream:
            head = stream.read(8)
        if head.startswith(FIRST_FEATHER):
            raise UnreadableFile(
                "A Feather file must be of version 2", "version 1", "Write it again with a newer pyarrow"
            )
        with columnar.damage_said("An Arrow file"), pa.memory_map(str(path)) as source:
            if head.startswith(FILE):
                file = pa.ipc.open_file(source)
                return columnar.stage(connection, folder, file.schema, _batches(file), rows)
            reader = pa.ipc.open_stream(source)
            return columnar.stage(connection, folder, reader.schema, reader, rows)


def _batches(file: Any) -> Iterator[Any]:
    for place in range(file.num_record_batches):
        yield file.get_batch(place)
