"""Dates as people write them, and the columns that they make."""

from datetime import datetime

import duckdb
import pytest

from clipviz.core.dataset import Reading
from clipviz.datasets import files
from clipviz.datasets.dates import chosen_sql, clear_sql, ordered_sql
from clipviz.datasets.ingest import ingest

pytestmark = pytest.mark.usefixtures("in_process")


def read(sql, cell):
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {sql} FROM (SELECT ? AS c)", [cell]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("cell", "day", "month"),
    [
        ("2020-03-04", "2020-03-04", "2020-03-04"),
        ("2020-03-04T05:06:07", "2020-03-04 05:06:07", "2020-03-04 05:06:07"),
        ("04.03.2020", "2020-03-04", "2020-03-04"),
        ("2020/03/04", "2020-03-04", "2020-03-04"),
        ("3/4/2020", "2020-04-03", "2020-03-04"),
        ("3-4-2020", "2020-04-03", "2020-03-04"),
        ("3/4/20", "2020-04-03", "2020-03-04"),
        ("13/1/2020", "2020-01-13", None),
        ("1/13/2020", None, "2020-01-13"),
        ("3/4/2020 5:06", "2020-04-03 05:06", "2020-03-04 05:06"),
        ("3/4/2020 5:06 PM", "2020-04-03 17:06", "2020-03-04 17:06"),
        ("3 Jan 2020", "2020-01-03", "2020-01-03"),
        ("03-JAN-20", "2020-01-03", "2020-01-03"),
        ("January 3, 2020", "2020-01-03", "2020-01-03"),
        ("01/02/2020, 00:00:00", "2020-02-01", "2020-01-02"),
        ("12/31/20, 9:15 PM", None, "2020-12-31 21:15"),
        ("31.12.2020, 21:15", "2020-12-31 21:15", "2020-12-31 21:15"),
        ("31.12.20, 21:15", "2020-12-31 21:15", "2020-12-31 21:15"),
        ("2020.01.02 03:04", "2020-01-02 03:04", "2020-01-02 03:04"),
        ("20200102T030405", "2020-01-02 03:04:05", "2020-01-02 03:04:05"),
        ("Friday, February 07, 2020", "2020-02-07", "2020-02-07"),
        ("Fri 07 Feb 2020", "2020-02-07", "2020-02-07"),
        ("Freitag, 7. Februar 2020", "2020-02-07", "2020-02-07"),
        ("Feb 7, 2020, 5:06:07 PM", "2020-02-07 17:06:07", "2020-02-07 17:06:07"),
        ("2020-Q2", "2020-04-01", "2020-04-01"),
        ("2020Q4", "2020-10-01", "2020-10-01"),
        ("2020-W01", "2019-12-30", "2019-12-30"),
        ("2020-W53-7", "2021-01-03", "2021-01-03"),
        ("2020-Q5", None, None),
        ("2020-W60", None, None),
        ("31/31/2020", None, None),
        ("1/2", None, None),
        ("3-1", None, None),
        ("12:30", None, None),
        ("word", None, None),
    ],
)
def test_orders(cell, day, month):
    for order, expected in (("day", day), ("month", month)):
        found = read(ordered_sql("c", order), cell)
        assert found == (datetime.fromisoformat(expected) if expected else None)


def test_what_is_clear_and_what_a_person_may_call_a_date():
    assert read(clear_sql("c"), "3/4/2020") is None
    assert read(clear_sql("c"), "20200304") is None
    assert read(chosen_sql("c", "day"), "20200304") == datetime(2020, 3, 4)


def days(settings, write, cells, reading=Reading(), **overrides):  # noqa: B008
    dataset = ingest(
        write("d,x\n" + "".join(f"{cell},1\n" for cell in cells)), "a.csv", settings, reading, **overrides
    )
    return dataset, files.frame(settings, dataset.id)["d"].tolist()


def test_an_ambiguous_column_says_so_and_can_be_decided(settings, write):
    cells = ["3/4/2020", "5/6/2020", "7/8/2020"]
    dataset, found = days(settings, write, cells)
    assert found[0] == datetime(2020, 4, 3)
    assert "may have the day or the month first" in files.notes(settings, dataset.id)[0]
    again, found = days(settings, write, cells, Reading(date_order="month"))
    assert found[0] == datetime(2020, 3, 4) and files.notes(settings, again.id) == []
    assert again.id != dataset.id


def test_dates_that_are_the_same_either_way_need_no_sentence(settings, write):
    dataset, _ = days(settings, write, ["1/1/2020", "2/2/2020", "3/3/2020"])
    assert dataset.columns[0].kind == "date" and files.notes(settings, dataset.id) == []


def test_a_clear_column_decides_for_an_unclear_one(settings, write):
    rows = "".join(f"{n}/{1 + n % 5}/2020,1/{n}/2020\n" for n in range(1, 13)) + "1/1/2020,1/30/2020\n"
    dataset = ingest(write("d,e\n" + rows), "a.csv", settings)
    assert files.frame(settings, dataset.id)["d"].tolist()[1] == datetime(2020, 2, 3)


def test_a_column_of_numbers_that_a_person_calls_dates(settings, write):
    dataset, found = days(settings, write, [20200101 + n for n in range(9)], overrides={"d": "date"})
    assert found[8] == datetime(2020, 1, 9) and dataset.reading.kinds == {"d": "date"}
    dataset, found = days(settings, write, [*range(20200101, 20200131), "oops"], overrides={"d": "date"})
    assert dataset.rejected == 1
    assert not any("1970" in note for note in files.notes(settings, dataset.id))
    assert files.rejected(settings, dataset.id)[0].reason == '"oops" is not a date'


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(1, "seconds"), (1000, "milliseconds"), (10**6, "microseconds"), (10**9, "nanoseconds")],
)
def test_numbers_since_1970_are_dates_once_a_person_says_so(settings, write, factor, unit):
    cells = [(1_577_836_800 + 3600 * n) * factor for n in range(9)] + ["", 86_400 * factor]
    dataset, found = days(settings, write, cells, overrides={"d": "date"})
    assert (found[0], found[8], found[10]) == (
        datetime(2020, 1, 1),
        datetime(2020, 1, 1, 8),
        datetime(1970, 1, 2),
    )
    assert dataset.rejected == 0
    assert files.notes(settings, dataset.id) == [f"d is read as {unit} since 1970, UTC."]


def test_quarters_and_weeks_are_their_first_day_and_it_is_said(settings, write):
    dataset, found = days(settings, write, ["2020-Q1", "2020-Q3", "2021-Q4"])
    assert dataset.columns[0].kind == "date" and found[1] == datetime(2020, 7, 1)
    assert files.notes(settings, dataset.id) == ["d holds quarters or weeks: each is read as its first day."]
