"""Columns of numbers in workbooks keep their numbers: the same dataset as by way of text."""

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from clipviz.core.dataset import Dataset, Kind, Reading
from clipviz.core.settings import Settings
from clipviz.datasets import files, sheet_columns
from clipviz.datasets.ingest import ingest

pytestmark = pytest.mark.usefixtures("in_process")


def workbook(path: Path, rows: int = 60) -> Path:
    generator = np.random.default_rng(0)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["number", "whole", "some missing", "code", "words", "mixed", "huge", "flag", "none"])
    for place in range(rows):
        sheet.append(
            [
                float(generator.lognormal(0, 3)),
                int(generator.integers(-5, 1000)),
                None if place % 3 else place / 7,
                f"{place:05d}",
                "ab" if place % 2 else "c",
                "n/a" if place == 5 else place,
                2**60 + place,
                bool(place % 2),
                None,
            ]
        )
        if place == 10:
            sheet.append([])
    book.save(path)
    return path


def read(path: Path, home: Path, **how: Any) -> tuple[Dataset, Any]:
    settings = Settings(home=home)
    dataset = ingest(path, path.name, settings, **how)
    return dataset, pq.read_table(files.folder(settings, dataset.id) / "data.parquet")


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"overrides": {"whole": "category", "number": "text"}},
        {"overrides": {"whole": "number", "some missing": "category"}},
        {"reading": Reading(missing=("", "7", "n/a"))},
        {"reading": Reading(header=False)},
    ],
)
def test_it_is_what_the_way_by_text_gives(
    how: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "t.xlsx")
    fast, quick = read(path, tmp_path / "fast", **how)
    monkeypatch.setattr(sheet_columns, "_numbers", lambda cells: None)
    careful, slow = read(path, tmp_path / "careful", **how)
    assert fast.columns == careful.columns and (fast.rows, fast.rejected) == (careful.rows, careful.rejected)
    assert quick.equals(slow)


def test_kinds_are_those_of_the_cells(tmp_path: Path) -> None:
    dataset, _ = read(workbook(tmp_path / "t.xlsx"), tmp_path)
    kinds: dict[str, Kind] = {column.name: column.kind for column in dataset.columns}
    assert (kinds["number"], kinds["whole"], kinds["some missing"]) == ("number", "integer", "number")
    assert kinds["code"] in ("category", "text") and kinds["flag"] == "boolean" and kinds["none"] == "empty"


def test_a_number_that_means_missing_is_missing(tmp_path: Path) -> None:
    _, table = read(workbook(tmp_path / "t.xlsx"), tmp_path, reading=Reading(missing=("", "-999", "n/a")))
    _, other = read(workbook(tmp_path / "u.xlsx"), tmp_path / "b", reading=Reading(missing=("", "10", "n/a")))
    assert other["mixed"].null_count == table["mixed"].null_count + 1
