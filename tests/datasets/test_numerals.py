"""Decimal and thousands marks: what is guessed, and what the SQL reads."""

import math

import pytest

from clipviz.datasets.numerals import guess, is_number, number_sql


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1", "2"], (".", "")),
        (["1.5", "2"], (".", "")),
        (["1,5", "2"], (",", "")),
        (["0,123", "0,456"], (",", "")),
        (["1,234", "12,345"], (".", ",")),
        (["1,234", "1,5"], (",", "")),
        (["1,234.5"], (".", ",")),
        (["1.234,5"], (",", ".")),
        (["1.234.567", "8"], (",", ".")),
        (["1'234.5"], (".", "'")),
        (["1 234", "5"], (".", " ")),
        (["1 234,5", "5"], (",", " ")),
        (["a,b", "c,d"], (".", "")),
        (["1.500", "2.250"], (".", "")),
        ([], (".", "")),
    ],
)
def test_guess(cells, marks):
    assert guess([cells]) == marks


def test_the_majority_of_columns_decides_the_decimal_mark():
    assert guess([["1,5"], ["2,5"], ["1.5"]])[0] == ","


@pytest.mark.parametrize(
    "cell",
    ["1", "-1.5", "+.5", "5.", "1e5", "inf", "-Infinity", "NaN", "1,5", "1.234,5", "1'000", "1,23,400.5"],
)
def test_is_number(cell):
    assert is_number(cell)


@pytest.mark.parametrize("cell", ["", "a", "1;2", "1-2", "2020-01-01", "1.2.3", "12 34"])
def test_is_not_a_number(cell):
    assert not is_number(cell)


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "value"),
    [
        ("1.5", ".", "", 1.5),
        ("1,5", ".", "", None),
        ("1,5", ",", "", 1.5),
        ("1.5", ",", "", None),
        ("1,234.5", ".", ",", 1234.5),
        ("1,23,45,678.9", ".", ",", 12345678.9),
        ("-1,23,456", ".", ",", -123456.0),
        ("1,23,45", ".", ",", None),
        ("1,5", ".", ",", None),
        ("1.234,5", ",", ".", 1234.5),
        ("1.23", ",", ".", None),
        ("1234,5", ",", ".", 1234.5),
        ("1'234", ".", "'", 1234.0),
        ("-1 234,5", ",", " ", -1234.5),
        ("inf", ",", ".", math.inf),
        ("x", ".", ",", None),
        ("2020_01", ".", "", None),
        ("1_000", ",", ".", None),
        ("1_000", ".", ",", None),
    ],
)
def test_the_sql_reads_strictly(cell, decimal, thousands, value):
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {number_sql('c', decimal, thousands)} FROM (SELECT ? AS c)", [cell]
        ).fetchall()
    assert found == [(value,)]
