"""The files of a stored dataset: data, profiles, sorted columns, rejected rows."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Dataset, RejectedRow
from clipviz.core.errors import NotFound
from clipviz.core.ids import is_id
from clipviz.core.profile import ColumnProfile, ImageProfile
from clipviz.core.settings import Settings
from clipviz.datasets.text import TextProfile

if TYPE_CHECKING:
    import pandas as pd

CELLS_AT_ONCE = 10_000_000
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
"""What a spreadsheet takes for the start of a formula; East Asian ones take the fullwidth signs too."""


def folder(settings: Settings, dataset_id: str) -> Path:
    """The folder of a stored dataset; raises NotFound when there is none on this machine."""
    place = settings.datasets / dataset_id
    if not is_id(dataset_id) or not (place / "dataset.json").is_file():
        raise NotFound(
            "The data of this dataset must be stored here", repr(dataset_id), "Upload the file again"
        )
    return place


def dataset(settings: Settings, dataset_id: str) -> Dataset:
    """The record that ingest wrote beside the data; raises NotFound."""
    return Dataset.model_validate_json((folder(settings, dataset_id) / "dataset.json").read_bytes())


def profiles(settings: Settings, dataset_id: str) -> list[ColumnProfile]:
    """The profile of each column, in the order of the columns; raises NotFound."""
    document = json.loads((folder(settings, dataset_id) / "profile.json").read_bytes())
    return [ColumnProfile.model_validate(entry) for entry in document]


def images(settings: Settings, dataset_id: str) -> ImageProfile:
    """What is known of the images of a dataset; raises NotFound, also when it holds none."""
    return ImageProfile.model_validate_json(_of_images(settings, dataset_id, "images.json").read_bytes())


def pixels(settings: Settings, dataset_id: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(N, H, W, C) uint8 or uint16, memory-mapped, read-only; raises NotFound when the dataset holds no images."""
    array: NDArray[np.uint8] | NDArray[np.uint16] = np.load(
        _of_images(settings, dataset_id, "pixels.npy"), mmap_mode="r"
    )
    return array


def _of_images(settings: Settings, dataset_id: str, name: str) -> Path:
    place = folder(settings, dataset_id) / name
    if not place.is_file():
        raise NotFound("The dataset must hold images", repr(dataset_id), "Read the file as images")
    return place


def texts(settings: Settings, dataset_id: str) -> dict[str, TextProfile]:
    """The profiles of the columns of prose by name; raises NotFound."""
    place = folder(settings, dataset_id) / "texts.json"
    found = (
        [TextProfile.model_validate(entry) for entry in json.loads(place.read_bytes())]
        if place.is_file()
        else []
    )
    return {profile.name: profile for profile in found}


def notes(settings: Settings, dataset_id: str) -> list[str]:
    """Sentences about the whole file from when it was read; raises NotFound."""
    place = folder(settings, dataset_id) / "notes.json"
    found: list[str] = json.loads(place.read_bytes()) if place.is_file() else []
    return found


def rejected(settings: Settings, dataset_id: str, limit: int | None = None) -> list[RejectedRow]:
    """The rows that could not be read, by line; at most `limit`. Raises NotFound."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder(settings, dataset_id) / "rejected.parquet").slice(0, limit)
    return [RejectedRow.model_validate(row) for row in table.to_pylist()]


def rejected_csv(settings: Settings, dataset_id: str) -> bytes:
    """The rejected rows as a CSV file (UTF-8 with mark); cells that a spreadsheet would run get a leading '."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)  # else another list separator would split a cell
    writer.writerow(("line", "column", "reason", "text"))
    for row in rejected(settings, dataset_id):
        writer.writerow((row.line, *(neutral(cell) for cell in (row.column, row.reason, row.text))))
    return text.getvalue().encode("utf-8-sig")


def neutral(cell: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def sorted_values(settings: Settings, dataset_id: str, column: str) -> NDArray[np.float64]:
    """The finite values of a numeric column, ascending, memory-mapped; empty for other columns. Raises NotFound."""
    place = folder(settings, dataset_id) / "sorted" / f"{_position(settings, dataset_id, column)}.npy"
    if not place.is_file():
        return np.empty(0)
    array = np.load(place, mmap_mode="r")
    return array if len(array) else np.empty(0)


def values(settings: Settings, dataset_id: str, column: str) -> NDArray[np.float64]:
    """(N,) float64 of a numeric column: NaN where missing, infinities kept; all NaN for other columns."""
    _position(settings, dataset_id, column)
    return numbers(read(folder(settings, dataset_id), [column]).column(0))


def frame(
    settings: Settings,
    dataset_id: str,
    columns: Sequence[str] | None = None,
    rows: Sequence[int] | NDArray[np.int64] | None = None,
) -> "pd.DataFrame":
    """A pandas frame of some columns (None: all) and some row positions (None: all); raises NotFound."""
    place = folder(settings, dataset_id)
    known = [column.name for column in dataset(settings, dataset_id).columns]
    wanted = known if columns is None else list(columns)
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise NotFound("The column must be one of the dataset", repr(unknown), "Pick one of its columns")
    if rows is None:
        return read(place, wanted).to_pandas()
    return some_rows(place, wanted, np.asarray(rows, dtype=np.int64)).to_pandas()


def some_rows(place: Path, columns: Sequence[str], rows: NDArray[np.int64]) -> Any:
    """A pyarrow table of some row positions, in their order; of the others no more than one column of one row group is
    in memory at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(place / "data.parquet") as file:
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        ends = np.cumsum([0, *sizes])
        groups = np.searchsorted(ends, rows, "right") - 1
        if len(rows) and (groups.min() < 0 or groups.max() >= len(sizes)):
            raise IndexError(f"rows of 0..{ends[-1] - 1}, not {rows.min()}..{rows.max()}")
        found = []
        for name in columns:
            parts = [file.schema_arrow.empty_table().select([name]).column(0)]
            for group in np.unique(groups).tolist():
                cells = file.read_row_group(group, columns=[name]).select([name]).column(0)
                parts.append(cells.take(pa.array(rows[groups == group] - ends[group])))
            found.append(pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type))
        table = pa.table(dict(zip(columns, found, strict=True)))
    back = np.argsort(np.argsort(groups, kind="stable"), kind="stable")
    return table.take(pa.array(back))


def read(place: Path, columns: Sequence[str]) -> Any:
    """A pyarrow table of exactly these columns of place/data.parquet, in this order."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(place / "data.parquet") as file:
        # A name with a dot, or the part before it, makes pyarrow read related columns too: select again.
        return file.read(columns=list(columns)).select(list(columns))


def each_column(place: Path, columns: Sequence[str]) -> Iterator[Any]:
    """The pyarrow columns of place/data.parquet one after another, read a few at a time: a file of a thousand columns
    is opened a few times, and a long one is never in memory as a whole."""
    import pyarrow.parquet as pq

    rows = pq.read_metadata(place / "data.parquet").num_rows
    at_once = max(1, CELLS_AT_ONCE // max(1, rows))
    for start in range(0, len(columns), at_once):
        yield from read(place, columns[start : start + at_once]).columns


def numbers(column: Any) -> NDArray[np.float64]:
    """(N,) float64 of a pyarrow column of numbers or booleans, NaN for null; all NaN for any other type."""
    import pyarrow as pa

    kind = column.type
    known = (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean, pa.types.is_decimal)
    if not any(check(kind) for check in known):
        return np.full(len(column), np.nan)
    array = column.cast(pa.int8()) if pa.types.is_boolean(kind) else column
    if pa.types.is_integer(kind):  # whole numbers beyond 2^53 are rounded to their neighbour, not refused
        return np.array(array.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return np.array(array.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _position(settings: Settings, dataset_id: str, column: str) -> int:
    for position, known in enumerate(dataset(settings, dataset_id).columns):
        if known.name == column:
            return position
    raise NotFound("The column must be one of the dataset", repr(column), "Pick one of its columns")
