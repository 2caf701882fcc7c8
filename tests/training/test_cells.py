import math
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from clipviz.core.dataset import CLOCK, NAMELESS, Reading
from clipviz.core.errors import InvalidRecipe
from clipviz.training.cells import Cells, plain

DAY = date(2021, 2, 3).toordinal() - date(1970, 1, 1).toordinal()
GERMAN = Cells(Reading(decimal=",", thousands=".", missing=("NA", "-999"), date_order="day"))
PLAIN = Cells(Reading())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2,44", 2.44),
        ("-1.234,5", -1234.5),
        ("1.234", 1234),
        ("2.44", 2.44),
        (3, 3),
        ("yes", 1),
        (True, 1),
        ("-5e-1", -0.5),
    ],
)
def test_numbers_are_read_in_the_spelling_of_the_file(cell: object, value: float) -> None:
    assert GERMAN.number("x", cell) == value


@pytest.mark.parametrize("cell", [None, "", " ", math.nan, "NA", "-999", -999, -999.0, np.float64(-999)])
def test_words_for_a_missing_value_are_missing_as_numbers_too(cell: object) -> None:
    assert math.isnan(GERMAN.number("x", cell))
    if isinstance(cell, str):
        assert math.isnan(GERMAN.days("x", cell))
    assert PLAIN.number("x", -999) == -999


@pytest.mark.parametrize(
    "cell",
    [
        "2021-02-03", "03.02.2021", "3.2.21", "03/02/2021", "3 Feb 2021", "2021-02-03T00:00:00Z", "2021/02/03",
        date(2021, 2, 3), datetime(2021, 2, 3),
        datetime(2021, 2, 3, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2021, 2, 3, tzinfo=UTC),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_spelling_of_the_file(cell: object) -> None:
    assert GERMAN.days("x", cell) == DAY
    if cell != "03/02/2021":
        assert PLAIN.days("x", cell) == DAY


def test_an_unknown_date_is_missing() -> None:
    assert plain("x", np.array(["NaT"], dtype="datetime64[D]")) == [None] and math.isnan(
        PLAIN.days("x", None)
    )


@pytest.mark.parametrize("cell", ["n/a", "2,4,4", "1.2,3.4", [1]])
def test_what_is_no_number_is_named_with_its_column(cell: object) -> None:
    with pytest.raises(
        InvalidRecipe, match=r"Column 'x' holds numbers; received .*\. Write them as 2,44, or give"
    ):
        GERMAN.number("x", cell)


@pytest.mark.parametrize("cell", ["n/a", "99.02.2021", 20210203, "03/02/2021"])
def test_what_is_no_date_is_named_with_its_column(cell: object) -> None:
    with pytest.raises(
        InvalidRecipe, match=r"Column 'x' holds dates; received .*\. Write them as 2020-12-31"
    ):
        PLAIN.days("x", cell)


@pytest.mark.parametrize(
    ("cell", "marks", "value"),
    [
        ("5%", ("%",), 5), ("5,5 %", ("%",), 5.5), ("5", ("%",), 5), ("1.234,5 kg", ("kg",), 1234.5),
        ("€ 1.200", ("$", "€"), 1200), ("(5)", (NAMELESS,), -5), ("(5 €)", ("€",), -5), ("7-", ("%",), -7),
        ("1:30", (CLOCK,), 5400), ("1:30 PM", (CLOCK,), 48600), ("00:00:02.5", (CLOCK,), 2.5),
    ],
)  # fmt: skip
def test_what_stood_beside_the_numbers_of_the_file_may_stand_there_again(
    cell: str, marks: tuple[str, ...], value: float
) -> None:
    assert GERMAN.number("x", cell, marks) == value


@pytest.mark.parametrize(
    ("cell", "marks"),
    [
        ("5%", ()), ("5 $", ("%",)), ("5 lb", ("kg",)), ("5 kg", ("%",)), ("(5)", ()), ("1:30", ("%",)),
        ("1:77", (CLOCK,)),
    ],
)  # fmt: skip
def test_another_quantity_is_refused(cell: str, marks: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRecipe, match="Column 'x' holds numbers"):
        PLAIN.number("x", cell, marks)
