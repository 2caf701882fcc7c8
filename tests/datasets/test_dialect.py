"""Delimiter and header from a sample of lines."""

import pytest

from clipviz.datasets.dialect import guess


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";", 2),
        ("a\tb c\n1\t2\n", "\t", 2),
        ("a|b\n1|2\n", "|", 2),
        ("a b c\n1 2 3\n4 5 6\n", " ", 3),
        ("alone\n1\n2\n", ",", 1),
        ('name,note\nx,"a; b; c"\ny,"d; e; f"\n', ",", 2),
        ("a,b\n1,2\n3\n4,5\n", ",", 2),
        ("name,tags\nx,a;b;c\ny,d;e;f\nz,a;c;g\n", ",", 2),
        ("from;to\nBerlin, DE;Paris, FR\nRome, IT;Oslo, NO\n", ";", 2),
        ("a\tb\nx|y|z\t1\nu|v|w\t2\n", "\t", 2),
        ("a;b\n0,5;0,7 °C\n1,5;2,5 °C\n", ";", 2),
    ],
)
def test_delimiter(text, delimiter, width):
    found = guess(text.splitlines(keepends=True))
    assert (found.delimiter, found.width) == (delimiter, width)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", True),
        ("1,2\n3,4\n", False),
        ("name,city\nAda,Rome\nBob,Oslo\n", True),
        ("0,1,2\n5,6,9\n", True),
        ("land,2019,2020,2021\nA,5,6,9\n", True),
        ("1,2,3\n4,5,6\n", False),
        ("only,words\n", True),
        ("1,2\n", False),
        ("yes,no\nyes,no\nyes,no\n", False),
    ],
)
def test_header(text, header):
    assert guess(text.splitlines(keepends=True)).header is header


def test_what_is_given_is_kept():
    found = guess(["a;b\n", "1;2\n"], delimiter=",", header=False)
    assert (found.delimiter, found.header, found.width) == (",", False, 1)


def test_a_column_of_decimal_commas_is_one():
    found = guess(["weight\n", "0,5\n", "1,25\n", "12,5\n"])
    assert (found.delimiter, found.width, found.header) == (";", 1, True)
    assert guess(["a,b\n", "0,5\n", "1,25\n"]).delimiter == ","
    assert guess(["0,5\n", "1,25\n"]).delimiter == ","
