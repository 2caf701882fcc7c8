"""Numbers, codes, categories and prose told apart; what a person says is remembered."""

from decimal import Decimal

import pytest

from clipviz.core.dataset import CLOCK, NAMELESS, Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest
from clipviz.training.cells import Cells

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def column(settings, write):
    """column(cells) -> (kind, values, notes) of a column with these cells."""

    def _column(cells, reading=Reading(), **overrides):  # noqa: B008
        body = "".join(f'"{cell}",{n}\n' for n, cell in enumerate(cells))
        dataset = ingest(write("c,n\n" + body), "a.csv", settings, reading, **overrides)
        values = files.read(files.folder(settings, dataset.id), ["c"]).column(0).to_pylist()
        return dataset.columns[0].kind, values, files.notes(settings, dataset.id)

    return _column


@pytest.mark.parametrize("largest", [2**53 + 1, 2**63 - 1, -(2**63)])
def test_integers_beyond_float64_are_kept_exactly(column, largest):
    kind, values, notes = column([1, largest, 3])
    assert (kind, values) == ("integer", [1, largest, 3])
    assert notes == ["c holds whole numbers beyond 2^53: kept exactly, rounded where a network reads them."]


def test_integers_of_38_digits(column, settings):
    kind, values, _ = column([10**38 - 1, 5])
    assert (kind, values) == ("integer", [Decimal(10**38 - 1), 5])
    assert column([10**39, 5])[0] == "number"


def test_large_floats_are_numbers(column):
    assert column(["1e300", "5"])[0] == "number"
    assert column([2**60, "0.5"])[0] == "number"


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["0123", "4567"] * 9, "category"),
        (["0123", "456"] * 9, "category"),
        (["0.00", "1.00"] * 9, "integer"),
        (["01", "12"] * 9, "integer"),
        (["yes", "no"] * 9, "boolean"),
        ([f"c{n % 2000}" for n in range(9000)], "category"),
        ([f"this is a text number {n % 2000}" for n in range(9000)], "text"),
        ([f"user{n}" for n in range(200)], "text"),
        (["$5", "6 apples"] * 9, "category"),
        (["2020_01", "2020_02"] * 9, "category"),
        (["1/2", "3/4"] * 9, "category"),
        (["3-1", "0-2"] * 9, "category"),
    ],
)
def test_kinds(column, cells, kind):
    assert column(cells)[0] == kind


@pytest.mark.parametrize("slip", ["1O5", "0x1F", "3x7"])
def test_a_slip_among_numbers_is_no_unit(column, slip):
    assert column([*range(30), slip])[:2] == ("integer", list(range(30)))
    assert column(["5 kg", "7", "8 kg"])[:2] == ("integer", [5, 7, 8])


def test_money_is_a_number_and_says_its_sign(column):
    assert column(["$1,200", "$3.50", "-$2"])[:2] == ("number", [1200, 3.5, -2])
    assert column(["10 %", "20%"])[1:] == ([10, 20], ["c is read without the sign %: 12 % is 12."])


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["$1,200", "$3.50", "-$2", "($5)", "7"], ("$",)),
        (["10 %", "20%", "5 €"], ("%", "€")),
        (["5,5 kg", "7", "1.208,25kg"], ("kg",)),
        (["1:30", "12:00:01", "9:05 PM"], (CLOCK,)),
        (["(5)", "7", "8-", "1\u202f234"], (NAMELESS,)),
        (["5", "7", "8.25"], ()),
    ],
)
def test_a_model_reads_each_cell_as_it_was_read_here(settings, write, cells, marks):
    body = "".join(f'"{cell}",{n}\n' for n, cell in enumerate(cells * 3))
    dataset = ingest(write("c,n\n" + body), "a.csv", settings)
    values = files.read(files.folder(settings, dataset.id), ["c"]).column(0).to_pylist()
    assert dataset.columns[0].marks == marks
    assert [Cells(dataset.reading).number("c", cell, marks) for cell in cells] == values[: len(cells)]


def test_a_chosen_kind_is_kept_and_survives_another_reading(settings, write):
    path = write("a;b\n1;2\n3;4\n")
    first = ingest(path, "a.csv", settings, overrides={"a": "category"})
    assert first.reading.kinds == {"a": "category"} and first.column("a").kind == "category"
    again = ingest(first.source, "a.csv", settings, first.reading.model_copy(update={"missing": ("4",)}))
    assert again.column("a").kind == "category" and again.id != first.id
    assert ingest(path, "a.csv", settings, first.reading).id == first.id
    without = ingest(path, "a.csv", settings, Reading(kinds={"gone": "text"}))
    assert without.rows == 2, "a choice for a column that another reading does not have is no obstacle"
    with pytest.raises(UnreadableFile, match="only for a column of the file"):
        ingest(path, "a.csv", settings, overrides={"lost": "text"})


def test_readings_of_the_first_release_keep_their_identity():
    first = Reading(format="delimited", delimiter=",")
    assert list(first.identity()) == [
        "format", "delimiter", "decimal", "thousands", "encoding", "header", "sheet", "missing"
    ]  # fmt: skip
    assert first.model_copy(update={"skip": 2}).identity()["skip"] == 2
