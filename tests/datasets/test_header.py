"""Names in one row or several, under titles and comments."""

import pytest

from clipviz.datasets.header import comment_mark, joined, rows_of_names, title_lines

NUMBERS = [["1", "2.5", "3"]] * 5


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([["a", "b", "c"], *NUMBERS], 1),
        ([["old", "", "new"], ["a", "b", "c"], *NUMBERS], 2),
        ([["x", "", ""], ["old", "", "new"], ["a", "b", "c"], *NUMBERS], 3),
        ([["a", "b", "c"], ["NA", "NA", "NA"], *NUMBERS], 1),
        ([["a", "b", "c"], ["oops", "2", "3"], *NUMBERS], 1),
        ([["name", "town"], ["Ada", "Rome"], ["Bob", "Oslo"], ["Cy", "Bonn"]], 1),
        ([["x"], ["oops"], ["1"], ["2"], ["3"]], 1),
        ([["a", "b"]], 1),
        ([], 1),
    ],
)
def test_rows_of_names(rows, count):
    assert rows_of_names(rows) == count


def test_names_are_joined_and_gaps_take_the_name_on_their_left():
    assert joined([["2020", "", "2021"], ["a", "b", "a"]], 4) == ("2020 / a", "2020 / b", "2021 / a", "2021")
    assert joined([[" a ", "b"]], 3) == ("a", "b", "")
    assert joined([["a"], ["a"]], 1) == ("a",)


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["# hello\n", "a,b\n", "1,2\n", "3,4\n"], "#"),
        (["a,b\n", "1,2\n", "# half, time, now\n", "3,4\n"], "#"),
        (["// hello\n", "a,b\n", "1,2\n"], "//"),
        (["# a,b\n", "1,2\n", "3,4\n"], ""),
        (["a,b\n", "#1,2\n", "#3,4\n", "5,6\n", "7,8\n"], ""),
        (["tag\n", "#a\n", "#b\n"], ""),
        (["a,b\n", "1,2\n"], ""),
        ([], ""),
    ],
)
def test_comment_mark(lines, mark):
    assert comment_mark(lines) == mark


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([["Sales"], ["secret"], ["a", "b"], ["1", "2"]], 2),
        ([["sep=", ""], ["a", "b"], ["1", "2"]], 1),
        ([["Sales", ""], ["a", "b"], ["1", "2"]], 1),
        ([["a", ""], ["1", "2"], ["3", "4"]], 0),
        ([["", "b"], ["1", "2"], ["3", "4"]], 0),
        ([["7"], ["1", "2"], ["3", "4"]], 0),
        ([["a", "b"], ["1", "2"]], 0),
    ],
)
def test_title_lines(rows, count):
    assert title_lines(rows, 2) == count
    assert title_lines([["a"], ["b"]], 1) == 0
