"""Whole columns and cell by cell: both ways make the same dataset of a sheet."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from clipviz.core.dataset import Dataset, Kind, Reading
from clipviz.core.settings import Settings
from clipviz.datasets import files, plain_sheets
from clipviz.datasets.header import MISSING
from clipviz.datasets.ingest import ingest, preview
from tests.datasets.test_round_trip import DATES, PROSE, WORDS, calm, column, excel

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small sheets count as well, and none is remembered from the test before."""
    monkeypatch.setattr(plain_sheets, "LEAST", 0)
    plain_sheets.forget()


def workbook(path: Path, change: Callable[[Any], None] = lambda sheet: None) -> Path:
    generator = np.random.default_rng(0)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(
        ["number", "whole", " gaps", "code", "words", "mixed", "huge", "day", "moment", "lasts", None]
    )
    for place in range(40):
        sheet.append(
            [
                float(generator.lognormal(0, 3)),
                int(generator.integers(-5, 1000)),
                None if place % 3 else place / 7,
                f"{place:05d}",
                "  ab " if place % 2 else "c",
                "n/a" if place == 5 else place / 8,
                2**60 + place,
                date(2020, 1, 1 + place % 28),
                datetime(2020, 1, 1 + place % 28, place % 24, 5, 7, 250_000),
                timedelta(hours=place, minutes=2),
                None,
            ]
        )
        if place == 10:
            sheet.append([])
    change(sheet)
    book.save(path)
    return path


def read(path: Path, home: Path, **how: Any) -> tuple[Dataset, Any, list[Any]]:
    settings = Settings(home=home)
    dataset = ingest(path, path.name, settings, **how)
    table = pq.read_table(files.folder(settings, dataset.id) / "data.parquet")
    return dataset, table, files.rejected(settings, dataset.id)


def both(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, **how: Any) -> bool:
    """True when the sheet was read by whole columns; asserts that the other way makes the same dataset of it."""
    fast = read(path, home / "fast", **how)
    plain_sheets.forget()
    plain = plain_sheets.find(path, fast[0].reading.sheet or "") is not None
    monkeypatch.setattr(plain_sheets, "find", lambda path, name: None)
    slow = read(path, home / "slow", **how)
    assert fast[0].reading == slow[0].reading
    assert fast[0].columns == slow[0].columns
    assert (fast[0].rows, fast[0].rejected) == (slow[0].rows, slow[0].rejected)
    assert fast[1].equals(slow[1]) and fast[2] == slow[2]
    return plain


HOW: list[dict[str, Any]] = [
    {},
    {"overrides": {"whole": "category", "number": "text"}},
    {"overrides": {"mixed": "number", "code": "integer"}},
    {"reading": Reading(missing=("3", "n/a"))},
    {"reading": Reading(missing=(*MISSING, "508"))},
    {"reading": Reading(header=False)},
    {"reading": Reading(decimal=",")},
    {"reading": Reading(skip=3)},
]


@pytest.mark.parametrize("how", HOW, ids=str)
def test_both_ways_make_the_same_dataset(tmp_path, monkeypatch, how):
    assert both(workbook(tmp_path / "a.xlsx"), tmp_path, monkeypatch, **how)


def merged(sheet: Any) -> None:
    sheet.merge_cells("E2:E5")


def true_and_false(sheet: Any) -> None:
    for row in range(2, 43):
        sheet.cell(row, 1).value = row % 2 == 0 if row % 7 else float(row)


def a_title(sheet: Any) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "Sales of the year"


def one_name_twice(sheet: Any) -> None:
    sheet["B1"] = "number"


def years_for_names(sheet: Any) -> None:
    sheet["A1"], sheet["B1"] = 2019, 2020


def clocks(sheet: Any) -> None:
    for row in range(2, 43):
        sheet.cell(row, 8).value = time(3, row % 60)


def decimal_commas(sheet: Any) -> None:
    for row in range(2, 43):
        sheet.cell(row, 5).value = f"{row},5"


def days_among_words(sheet: Any) -> None:
    sheet["E4"] = datetime(2020, 5, 6)


def lengths_among_words(sheet: Any) -> None:
    sheet["E4"] = timedelta(hours=5)


def a_word_of_windows(sheet: Any) -> None:
    sheet["A4"] = "1.#IND"


def fractions_among_words(sheet: Any) -> None:
    for row in range(2, 43):
        sheet.cell(row, 5).value = "below" if row % 9 == 0 else 1 / (3 * row)


def next_to_nothing_among_words(sheet: Any) -> None:
    sheet["E4"] = 1e-12


def a_day_for_a_name(sheet: Any) -> None:
    sheet["B1"] = date(2020, 1, 1)


def true_for_a_name(sheet: Any) -> None:
    sheet["B1"] = True


def no_day_at_all(sheet: Any) -> None:
    for row in range(2, 43):
        sheet.cell(row, 8).value = 3_000_000 + row
        sheet.cell(row, 8).number_format = "yyyy-mm-dd"


def an_empty_first_row(sheet: Any) -> None:
    sheet.insert_rows(1)


def test_digits_typed_as_words_are_still_a_plain_table(tmp_path, monkeypatch):
    def digits(sheet: Any) -> None:
        for row in range(2, 43):
            sheet.cell(row, 5).value = str(70_000 + row)

    assert both(workbook(tmp_path / "a.xlsx", digits), tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "change",
    [
        merged,
        true_and_false,
        one_name_twice,
        years_for_names,
        clocks,
        decimal_commas,
        days_among_words,
        lengths_among_words,
        a_word_of_windows,
        fractions_among_words,
        next_to_nothing_among_words,
        a_day_for_a_name,
        true_for_a_name,
        no_day_at_all,
        an_empty_first_row,
    ],
)
def test_what_is_not_certain_is_read_cell_by_cell(tmp_path, monkeypatch, change):
    assert not both(workbook(tmp_path / "a.xlsx", change), tmp_path, monkeypatch)


def test_a_title_above_the_names_is_passed_over_both_ways(tmp_path, monkeypatch):
    both(workbook(tmp_path / "a.xlsx", a_title), tmp_path, monkeypatch)


def test_the_second_sheet_is_found_by_its_name(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    cover = book.create_sheet("cover & <more>", 0)
    cover["A1"] = "nothing but a title"
    other = book.create_sheet("others")
    for row in range(20):
        other.append(["x", "y"] if row == 0 else [row, row / 2])
    book.save(path)
    assert both(path, tmp_path, monkeypatch)
    names = {
        column.name for column in read(path, tmp_path / "third", reading=Reading(sheet="others"))[0].columns
    }
    assert names == {"x", "y"}


def test_a_preview_shows_the_first_rows(tmp_path, settings):
    shown = preview(workbook(tmp_path / "a.xlsx"), Reading(), settings, rows=3)
    assert (shown.seen, shown.complete) == (40, True)
    assert [row[3:5] for row in shown.rows] == [["00000", "c"], ["00001", "ab"], ["00002", "c"]]
    kinds: list[Kind] = ["number", "integer", "number"]
    assert [entry.kind for entry in shown.columns[:3]] == kinds


@trials(calm, max_examples=5)
@given(
    values=st.fixed_dictionaries(
        {
            "id": st.just(list(range(12))),
            "small": column(st.integers(-(2**53), 2**53)),
            "float": column(st.floats(allow_nan=False, allow_infinity=False)),
            "word": column(WORDS),
            "prose": column(PROSE),
            "date": column(DATES),
        }
    )
)
def test_random_tables_come_back_the_same_both_ways(tmp_path_factory, values):
    home = tmp_path_factory.mktemp("random")
    book = openpyxl.Workbook()
    book.active.append(list(values))
    for row in zip(*({**values, "float": map(excel, values["float"])}).values(), strict=True):
        book.active.append(list(row))
    book.save(home / "a.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        both(home / "a.xlsx", home, patch)
