"""Files that know their types, and JSON that nearly does."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from tests.datasets.zoo.specimen import Specimen, lines

COLUMNS = {
    "i": pa.array(range(30)),
    "f": pa.array([None, *(n / 3 for n in range(29))]),
    "b": pa.array([n % 2 == 0 for n in range(30)]),
    "w": pa.array([f"0{n % 3}" for n in range(30)]).dictionary_encode(),
    "t": pa.array([datetime(2020, 1, 1, n % 24, tzinfo=UTC) for n in range(30)], pa.timestamp("us", "UTC")),
    "l": pa.array([[n, n + 1] for n in range(30)]),
    "big": pa.array([2**63 + n for n in range(30)], pa.uint64()),
}
KINDS = {
    "i": "integer", "f": "number", "b": "boolean", "w": "category", "t": "date", "l": "text", "big": "integer",
}  # fmt: skip


def specimens() -> Iterator[Specimen]:
    known = pa.table(COLUMNS)
    parquet = _written(lambda sink: pq.write_table(known, sink))
    feather = _written(lambda sink: pyarrow.feather.write_feather(known, sink))
    yield Specimen("Parquet", "a.parquet", parquet, 30, kinds=KINDS, note="are in UTC")
    yield Specimen("Parquet called .csv", "a.csv", parquet, 30, kinds=KINDS)
    yield Specimen("half a Parquet", "a.parquet", parquet[:-50], says="Parquet file must be whole")
    yield Specimen(
        "an empty Parquet",
        "a.parquet",
        _written(lambda sink: pq.write_table(known[:0], sink)),
        says="one row",
    )
    yield Specimen("Feather", "a.feather", feather, 30, kinds=KINDS)
    yield Specimen(
        "half a Feather", "a.feather", feather[: len(feather) // 2], says="Arrow file must be whole"
    )
    yield Specimen("the first Feather", "a.feather", b"FEA1" + bytes(100), says="must be of version 2")
    yield Specimen("an Arrow stream", "a.arrows", _stream(known), 30, kinds=KINDS)
    rows = [json.dumps({"x": n, "word": "ab"[n % 2], "in": {"y": n / 2}}) for n in range(30)]
    yield Specimen(
        "JSON lines",
        "a.jsonl",
        lines(*rows),
        30,
        kinds={"x": "integer", "word": "category", "in.y": "number"},
    )
    yield Specimen("a JSON list", "a.json", ("[" + ",".join(rows) + "]").encode(), 30, kinds={"x": "integer"})
    yield Specimen("JSON called .txt", "a.txt", lines(*rows), 30, kinds={"in.y": "number"})
    twice = '{"x": 1, "in": {"y": 2}, "in.y": 3}'
    yield Specimen("a name twice in JSON", "a.jsonl", lines(*rows, twice), 30, 1, reason="has one name twice")
    again = '{"x": 5, "word": "a", "in": {"y": 1, "y": 2.5}}'
    yield Specimen(
        "a key twice in an object", "a.jsonl", lines(*rows, again), 31, note="y stands more than once"
    )
    yield Specimen("a bad line of JSON", "a.jsonl", lines(*rows, "{oops", "[1]"), 30, 2, reason="is no JSON")
    yield Specimen(
        "half a JSON list", "a.json", ("[" + ",".join(rows)).encode(), says="one object a line, or one list"
    )
    yield Specimen(
        "JSON that nests for ever", "a.json", b'[{"a":' + b"[" * 90_000, says="one object a line, or one list"
    )


def _written(write) -> bytes:  # type: ignore[no-untyped-def]
    sink = io.BytesIO()
    write(sink)
    return sink.getvalue()


def _stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
