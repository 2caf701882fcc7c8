"""Random tables, written and read in every format, give the same values back."""

import csv
import gzip
import io
import json
import math
import random
import string
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipviz.core.dataset import Reading
from clipviz.datasets import files
from clipviz.datasets.choose import choose

Columns = dict[str, list[Any]]
ROWS = 12
WORDS = st.text(string.ascii_lowercase + "äßé漢", min_size=1, max_size=6).map(lambda word: f"w {word}")
PROSE = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\ufeff"), max_size=8
).map(lambda text: f'q"{text}",;|\t{text}q')
DATES = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
    lambda t: t.replace(second=0, microsecond=0)
)


def column(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=ROWS, max_size=ROWS)


TABLES = st.fixed_dictionaries(
    {
        "id": st.just(list(range(ROWS))),
        "small": column(st.integers(-(2**53), 2**53)),
        "float": column(st.floats(allow_nan=False, allow_infinity=False)),
        "bool": column(st.booleans()),
        "word": column(WORDS),
        "prose": column(PROSE),
        "date": column(DATES),
    }
)
LARGE = column(st.integers(-(10**38) + 1, 10**38 - 1))
WILD = column(st.floats())
PLAIN = Reading(
    header=True, decimal=".", thousands="", missing=(), comment="", skip=0, header_rows=1, encoding="utf-8"
)


def text(columns: Columns, delimiter: str = ",") -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([repr(cell) if isinstance(cell, float) else cell for cell in row])
    return stream.getvalue().encode()


def zipped(columns: Columns) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("table.tsv", text(columns, "\t"))
    return whole.getvalue()


def workbook(columns: Columns) -> bytes:
    book, whole = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(columns))
    for row in zip(*columns.values(), strict=True):
        book.active.append(list(row))
    book.save(whole)
    return whole.getvalue()


def arrow(columns: Columns) -> pa.Table:
    kinds = {
        "float": pa.float64(), "wild": pa.float64(), "bool": pa.bool_(), "word": pa.string(), "prose": pa.string(),
        "date": pa.timestamp("us"), "large": pa.decimal128(38, 0),
    }  # fmt: skip
    return pa.table({name: pa.array(values, kinds.get(name, pa.int64())) for name, values in columns.items()})


def parquet(columns: Columns) -> bytes:
    sink = io.BytesIO()
    pq.write_table(arrow(columns), sink)
    return sink.getvalue()


def feather(columns: Columns) -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(arrow(columns), sink)
    return sink.getvalue()


def stream(columns: Columns) -> bytes:
    sink, content = io.BytesIO(), arrow(columns)
    with pa.ipc.new_stream(sink, content.schema) as writer:
        writer.write_table(content)
    return sink.getvalue()


def array(columns: Columns) -> bytes:
    return b"[" + b",".join(jsonlines(columns).splitlines()) + b"]"


def jsonlines(columns: Columns) -> bytes:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return "".join(json.dumps(row, default=str) + "\n" for row in rows).encode()


def back(content: bytes, name: str, reading: Reading, rows: int = ROWS) -> Columns:
    from clipviz.datasets.containers import unwrap

    with tempfile.TemporaryDirectory() as place:
        path, folder = Path(place) / "upload", Path(place)
        path.write_bytes(content)
        packed = unwrap(path, name, reading, folder)
        format_ = choose(packed.path, packed.name, reading)
        contents = format_.read(packed.path, format_.guess(packed.path, reading), folder, {})
        assert (contents.rows, contents.rejected) == (rows, 0)
        return files.read(folder, [column.name for column in contents.columns]).to_pydict()


def same(given: Any, found: Any) -> bool:
    """The same value; NaN is missing in a column of numbers, -0.0 is 0."""
    if given is None or (isinstance(given, float) and math.isnan(given)):
        return found is None or (isinstance(found, float) and math.isnan(found))
    if isinstance(given, bool) or isinstance(found, bool):
        return bool(given) == bool(found) and isinstance(found, bool | int)
    return bool(given == found)


def excel(value: float | None) -> float | None:
    """What a workbook can hold: fifteen digits, no infinity."""
    return None if value is None or abs(value) > 1e300 else float(f"{value:.15g}")


TYPED: list[tuple[str, Callable[[Columns], bytes]]] = [
    ("a.parquet", parquet), ("a.feather", feather), ("a.arrows", stream), ("a.jsonl", jsonlines), ("a.json", array)
]  # fmt: skip
TEXTS: list[tuple[str, Callable[[Columns], bytes]]] = [
    ("a.csv", text),
    ("a.txt", lambda columns: text(columns, "|")),
    ("a.ssv", lambda columns: text(columns, ";")),
    ("a.csv.gz", lambda columns: gzip.compress(text(columns))),
    ("a.csv.zst", lambda columns: pa.compress(text(columns), "zstd", asbytes=True)),
    ("a.zip", zipped),
]
calm = settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("name", "write"), [*TYPED, *TEXTS, ("a.xlsx", workbook)], ids=lambda x: str(x)[:12])
@calm
@given(columns=TABLES, large=LARGE, wild=WILD)
def test_the_same_values_come_back(name, write, columns, large, wild):
    if name == "a.xlsx":
        columns = {**columns, "float": [excel(value) for value in columns["float"]]}
    else:
        columns = {**columns, "large": large, "wild": wild}
    found = back(write(columns), name, PLAIN)
    assert list(found) == list(columns)
    for key, values in columns.items():
        assert all(map(same, values, found[key])), (key, values, found[key])


CELLS = ("plain", "two words", 'with "quotes"', "semi;colon", "comma, inside", "tab\there", "pipe|x", "line\nbreak",
         "ünïcode", "apos's", "100 %", "$5", "=1+1", "-", "#hash", "x" * 200)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_the_same_values_come_back_when_everything_is_guessed(seed):
    """Decimal commas, delimiters, encodings, line ends and the row of names, none of them told."""
    random_ = random.Random(seed)
    decimal, count = random_.choice(",."), 30
    delimiter = random_.choice(";\t|" if decimal == "," else ",;\t|")
    encoding = random_.choice(("utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252", "utf-16-le"))

    def gaps(draw: Callable[[], Any]) -> list[Any]:
        return [None if random_.random() < 0.1 else draw() for _ in range(count)]

    columns = {
        "num": gaps(lambda: random_.gauss(0, 1) * 10.0 ** random_.randint(-8, 8)),
        "word one": gaps(lambda: f"{random_.choice(CELLS)} {random_.choice('abc')}"),
        "bool": [random_.random() < 0.5 for _ in range(count)],
        "größe": [random_.randint(-50, 50) for _ in range(count)],
    }
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=random_.choice(("\n", "\r\n")))
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(
            [repr(cell).replace(".", decimal) if isinstance(cell, float) else cell for cell in row]
        )
    found = back(stream.getvalue().encode(encoding), "a.csv", Reading(), count)
    assert list(found) == list(columns)
    for key, values in columns.items():
        assert all(map(same, values, found[key])), (key, values, found[key])
