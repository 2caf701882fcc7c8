"""What the reading process does: preview a file, or read it into a folder."""

import json
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from clipviz.core.dataset import NUMERIC, Column, Dataset, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.core.ids import canonical_json, content_id
from clipviz.core.profile import ColumnProfile
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.datasets import files, kept, progress, sentences, table, text
from clipviz.datasets.choose import choose
from clipviz.datasets.containers import unwrap
from clipviz.datasets.input_columns import OnDisk
from clipviz.datasets.profile import profile, profile_words, sort_finite

T = TypeVar("T")
MOST_LEVELS = 50
LONGEST_LEVEL = 200
SHARE_OF_DUCKDB = 0.5
SHOWN_REJECTS = 20
PREVIEWED = 16_000_000
"""Bytes of a compressed text that a preview looks at."""


def ingest(request: dict[str, Any]) -> dict[str, Any]:
    """Read request["source"] into request["folder"]; says so instead when that dataset is stored already."""
    source, folder = Path(request["source"]), Path(request["folder"])
    given = Reading.model_validate(request["reading"])
    packed = unwrap(source, request["name"], given, folder)
    format_ = choose(packed.path, packed.name, given)
    kinds = {**given.kinds, **request["overrides"]}
    guessed = format_.guess(packed.path, given)
    reading = guessed.model_copy(update={"kinds": kinds, "member": packed.member})
    parts = [source.name, canonical_json(reading.identity())]
    parts += [canonical_json(kinds)] if kinds else []
    identity = content_id(*parts)
    if (Path(request["datasets"]) / identity / "dataset.json").is_file():
        return {"known": True, "id": identity}
    memory = max(128, int(request["memory_mb"] * SHARE_OF_DUCKDB))
    contents = _translated(lambda: format_.read(packed.path, reading, folder, request["overrides"], memory))
    packed.clear()
    if contents.image is None:
        _write_texts(folder, contents.columns)
    _write_profiles(folder, contents.columns)
    guesses = [] if given.encoding else sentences.of_encoding(reading.encoding)
    notes = json.dumps([*packed.notes, *guesses, *contents.notes])
    (folder / "notes.json").write_text(notes, encoding="utf-8")
    return {
        "known": False,
        "id": identity,
        "reading": reading.model_dump(mode="json"),
        "columns": [column.model_dump() for column in contents.columns],
        "rows": contents.rows,
        "rejected": contents.rejected,
        "image": contents.image.model_dump() if contents.image else None,
    }


def preview(request: dict[str, Any]) -> dict[str, Any]:
    """The first rows of request["source"] and what was noticed."""
    source = Path(request["source"])
    given = Reading.model_validate(request["reading"])
    folder = Path(request["folder"])
    packed = unwrap(source, request["name"], given, folder, PREVIEWED)
    format_ = choose(packed.path, packed.name, given)
    guessed = format_.guess(packed.path, given)
    reading = guessed.model_copy(update={"kinds": given.kinds, "member": packed.member})
    sketch = _translated(lambda: format_.preview(packed.path, reading, request["rows"], folder))
    guesses = [] if given.encoding else sentences.of_encoding(reading.encoding)
    choices = {**packed.choices, **format_.choices(packed.path)}
    return {
        "reading": reading.model_dump(mode="json"),
        "columns": [column.model_dump() for column in sketch.columns],
        "rows": sketch.rows,
        "seen": sketch.seen,
        "rejected": len(sketch.rejected),
        "rejected_rows": [row.model_dump() for row in sketch.rejected[:SHOWN_REJECTS]],
        "sentences": [*packed.notes, *sentences.about(reading, sketch), *guesses],
        "choices": choices,
        "complete": sketch.complete,
    }


def prepare(request: dict[str, Any]) -> dict[str, Any]:
    """The table of request["recipe"], written into request["folder"] as `kept.read` reads it."""
    folder = Path(request["folder"])
    settings = Settings(home=Path(request["home"]))
    dataset = Dataset.model_validate(request["dataset"])
    made = table.build(settings, dataset, Recipe.parse(request["recipe"]), OnDisk(folder / "inputs.f64"))
    kept.write(folder, made)
    return {}


JOBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ingest": ingest,
    "preview": preview,
    "prepare": prepare,
}


def _translated(work: Callable[[], T]) -> T:
    """DuckDB's own errors in a user's words."""
    import duckdb

    try:
        return work()
    except duckdb.OutOfMemoryException as error:
        # With the disk full it cannot put data aside, and calls that out of memory.
        raise (OSError(_first(error)) if "temp_directory" in str(error) else MemoryError) from error
    except duckdb.IOException as error:
        raise OSError(_first(error)) from error
    except duckdb.Error as error:
        raise UnreadableFile(
            "The file must be a table",
            _first(error),
            "Check delimiter, encoding and header, or save it again as .csv",
        ) from error


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:300]


def _write_profiles(folder: Path, columns: tuple[Column, ...]) -> None:
    """profile.json, and sorted/<i>.npy of each numeric column; one column a thread in memory at a time."""
    (folder / "sorted").mkdir()
    threads = min(2, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        stored = files.each_column(folder, [column.name for column in columns])
        waiting: deque[Future[ColumnProfile]] = deque()
        found: list[ColumnProfile] = []
        for place, (column, cells) in enumerate(zip(columns, stored, strict=True)):
            waiting.append(pool.submit(_profiled, folder, place, column, cells))
            while waiting and (len(waiting) > threads or place == len(columns) - 1):
                found.append(waiting.popleft().result())
                progress.say(len(found), len(columns), "profiling columns")
    document = json.dumps([entry.model_dump(mode="json") for entry in found])
    (folder / "profile.json").write_text(document, encoding="utf-8")


def _profiled(folder: Path, place: int, column: Column, cells: Any) -> ColumnProfile:
    if column.kind not in NUMERIC:
        return _words(column, cells)
    values = files.numbers(cells)
    ordered = sort_finite(values)
    np.save(folder / "sorted" / f"{place}.npy", ordered)
    return profile(column.name, column.kind, values, ordered)


def _write_texts(folder: Path, columns: tuple[Column, ...]) -> None:
    """texts.json, the profiles of the columns of prose; none when there are none."""
    import pyarrow.parquet as pq

    found = []
    for place, column in enumerate(columns):
        if column.kind == "text":
            with pq.ParquetFile(folder / "data.parquet") as file:
                groups = (file.read_row_group(group).column(place) for group in range(file.num_row_groups))
                found.append(text.describe(column.name, (cells.to_pylist() for cells in groups)))
    if found:
        document = json.dumps([entry.model_dump(mode="json") for entry in found])
        (folder / "texts.json").write_text(document, encoding="utf-8")


def _words(column: Column, cells: Any) -> ColumnProfile:
    import pyarrow.compute as pc

    missing = cells.null_count
    counted = pc.value_counts(cells.drop_null().combine_chunks()) if missing < len(cells) else []
    pairs = [] if len(counted) == 0 else _commonest(counted)
    return profile_words(column.name, column.kind, len(cells), missing, len(counted), pairs)


def _commonest(counted: Any) -> list[tuple[str, int]]:
    import pyarrow.compute as pc

    keep = pc.array_sort_indices(counted.field("counts"), order="descending")[: 4 * MOST_LEVELS]
    top = counted.take(keep).to_pylist()
    pairs = sorted(
        ((_shown(entry["values"]), entry["counts"]) for entry in top), key=lambda pair: (-pair[1], pair[0])
    )
    return pairs[:MOST_LEVELS]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:LONGEST_LEVEL]
