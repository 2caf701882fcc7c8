"""Workbooks become the same tables as text does."""

from datetime import datetime, timedelta

import openpyxl
import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest, preview

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def workbook(tmp_path):
    """Two sheets: an empty first one, and a table that starts at C4 with one bad number in row 8."""
    book = openpyxl.Workbook()
    book.active.title = "cover"
    sheet = book.create_sheet("values")
    sheet["C4"], sheet["D4"], sheet["E4"], sheet["F4"] = "size", "count", "flag", "day"
    for row in range(5, 25):
        sheet.cell(row, 3, 1.5 + row)
        sheet.cell(row, 4, row)
        sheet.cell(row, 5, row % 2 == 0)
        sheet.cell(row, 6, datetime(2020, 1, row))
    sheet["C8"] = "oops"
    sheet["D9"] = "NA"
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_the_first_filled_sheet_is_read(settings, workbook):
    dataset = ingest(workbook, "book.xlsx", settings)
    assert (dataset.reading.format, dataset.reading.sheet, dataset.reading.header) == (
        "excel",
        "values",
        True,
    )
    kinds = {column.name: column.kind for column in dataset.columns}
    assert kinds == {"size": "number", "count": "integer", "flag": "boolean", "day": "date"}
    assert (dataset.rows, dataset.rejected) == (19, 1)
    row = files.rejected(settings, dataset.id)[0]
    assert (row.line, row.column, row.reason) == (8, "size", '"oops" is not a number')


def test_preview_names_the_sheet(settings, workbook):
    shown = preview(workbook, Reading(), settings, rows=2)
    assert shown.sentences[0] == "Read sheet values of the workbook, names in the first row."
    assert shown.rows[0][:3] == ["6.5", "5", "false"]


def test_a_workbook_called_csv_is_still_a_workbook(settings, workbook):
    renamed = workbook.rename(workbook.with_suffix(".csv"))
    assert ingest(renamed, "book.csv", settings).reading.format == "excel"


def test_an_empty_and_an_unknown_sheet(settings, workbook):
    with pytest.raises(UnreadableFile, match="at least one row of values; received an empty sheet"):
        ingest(workbook, "book.xlsx", settings, Reading(sheet="cover"))
    with pytest.raises(UnreadableFile, match=r"must be one of the workbook; received 'other'.*cover, values"):
        ingest(workbook, "book.xlsx", settings, Reading(sheet="other"))


def test_durations_are_numbers_also_beside_decimal_commas(settings, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["lasts", "price"])
    for hours in range(10):
        book.active.append([timedelta(hours=hours, minutes=30), f"{hours},5"])
    book.save(tmp_path / "a.xlsx")
    dataset = ingest(tmp_path / "a.xlsx", "a.xlsx", settings)
    assert [column.kind for column in dataset.columns] == ["integer", "number"]
    assert files.frame(settings, dataset.id)["lasts"].tolist() == [3600 * hours + 1800 for hours in range(10)]
