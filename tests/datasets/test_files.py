"""What is read back is what was stored."""

import numpy as np
import pytest

from clipviz.core.errors import NotFound
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest

pytestmark = pytest.mark.usefixtures("in_process")

TABLE = "x,n,flag,word,day\n1.5,1,yes,a,2020-01-02\n,2,no,b,2020-01-03\ninf,3,yes,,\n-2.5,,no,a,2020-01-05\n"


@pytest.fixture
def stored(settings, write):
    return ingest(write(TABLE), "t.csv", settings)


def test_columns_come_back(settings, stored):
    assert [column.kind for column in stored.columns] == ["number", "integer", "boolean", "category", "date"]
    np.testing.assert_array_equal(files.values(settings, stored.id, "x"), [1.5, np.nan, np.inf, -2.5])
    np.testing.assert_array_equal(files.values(settings, stored.id, "n"), [1, 2, 3, np.nan])
    np.testing.assert_array_equal(files.values(settings, stored.id, "flag"), [1, 0, 1, 0])
    assert np.isnan(files.values(settings, stored.id, "word")).all()
    ordered = files.sorted_values(settings, stored.id, "x")
    assert isinstance(ordered, np.memmap) and ordered.tolist() == [-2.5, 1.5]
    assert len(files.sorted_values(settings, stored.id, "word")) == 0


def test_frame_picks_columns_and_rows_in_order(settings, stored):
    frame = files.frame(settings, stored.id, ["word", "n"], rows=[3, 0])
    assert list(frame.columns) == ["word", "n"]
    assert frame["word"].tolist() == ["a", "a"] and frame["n"].tolist()[1] == 1
    assert len(files.frame(settings, stored.id)) == 4


def test_profiles_match_the_columns(settings, stored):
    known = {entry.name: entry for entry in files.profiles(settings, stored.id)}
    assert (known["x"].missing, known["x"].positive_infinite, known["x"].count) == (1, 1, 4)
    assert known["word"].levels == (("a", 2), ("b", 1)) and known["word"].missing == 1
    assert known["flag"].levels == (("false", 2), ("true", 2))


def test_an_unknown_column(settings, stored):
    with pytest.raises(NotFound, match="must be one of the dataset; received 'z'"):
        files.values(settings, stored.id, "z")


def test_rejected_rows_as_csv_are_harmless(settings, write):
    stored = ingest(write("a,b\n=cmd(),1,2\n@x,1,2\n-5,6\n7,8\n"), "t.csv", settings)
    text = files.rejected_csv(settings, stored.id).decode("utf-8-sig")
    assert text.splitlines()[0] == '"line","column","reason","text"'
    assert '"\'=cmd(),1,2"' in text and '"\'@x,1,2"' in text
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())
    assert len(files.rejected(settings, stored.id, limit=1)) == 1


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a"]
)
def test_neutral(cell):
    assert files.neutral(cell) == "'" + cell
    assert files.neutral("a=1") == "a=1"
