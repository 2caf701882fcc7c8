"""A click on "read as missing" finds the codes in the spelling of the file."""

import pytest

from clipviz.datasets import files
from clipviz.datasets.ingest import ingest
from clipviz.ui.missing_codes import words
from tests.datasets.conftest import in_process  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("in_process")


def profile(settings, dataset):
    return next(each for each in files.profiles(settings, dataset.id) if each.name == "b")


@pytest.mark.parametrize(
    ("delimiter", "spelled", "ending"),
    [(",", "-999", ".5"), (",", "-999.00", ".5"), (";", "-999,0", ",5"), (";", "-9.999,00", ",5")],
)
def test_codes_are_gone_when_they_are_read_as_missing(settings, tmp_path, delimiter, spelled, ending) -> None:
    rows = [f"{row % 40}{ending}{delimiter}{spelled if row % 9 == 0 else row % 7}" for row in range(90)]
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join([f"a{delimiter}b", *rows, f"1.234{ending}{delimiter}1" if ending == ",5" else rows[1]])
    )
    dataset = ingest(path, "t.csv", settings)
    codes = [f"{value:g}" for value, _ in profile(settings, dataset).codes]
    assert codes == [
        f"{float(spelled.replace('.', '').replace(',', '.') if delimiter == ';' else spelled):g}"
    ]
    how = dataset.reading.model_copy(update={"missing": words(dataset, codes)})
    again = profile(settings, ingest(path, "t.csv", settings, how))
    assert not again.codes and again.missing == 10 and again.minimum == 0
