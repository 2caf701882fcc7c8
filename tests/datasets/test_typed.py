"""A very wide table is computed some columns and some rows at a time, and is the same table."""

import pyarrow.parquet as pq
import pytest

from clipviz.core.dataset import Reading
from clipviz.core.settings import Settings
from clipviz.datasets import cells, files, typed
from clipviz.datasets.ingest import ingest, preview

pytestmark = pytest.mark.usefixtures("in_process")
ROWS = "".join(
    f"{n},{n / 8},{'oops' if n == 120 else 7 * n},w {n % 3},2020-01-{1 + n % 28:02},{'NA' if n % 9 else n % 2 == 0},\n"
    for n in range(250)
)


def test_some_at_a_time_or_all_at_once(tmp_path, write, monkeypatch):
    path = write("a,b,c,d,e,f,g\n" + ROWS)
    found = []
    for name, wide in (("whole", 1000), ("parts", 3)):
        monkeypatch.setattr(cells, "VERY_WIDE", wide)
        monkeypatch.setattr(typed, "VERY_WIDE", wide)
        for module in (cells, typed):
            monkeypatch.setattr(module, "WIDE", 2)
        monkeypatch.setattr(typed, "CELLS_OF_A_BATCH", 1)
        settings = Settings(home=tmp_path / name)
        settings.datasets.mkdir(parents=True, exist_ok=True)
        dataset = ingest(path, "a.csv", settings)
        table = pq.read_table(files.folder(settings, dataset.id) / "data.parquet")
        seen = preview(path, Reading(), settings, name="a.csv")
        found.append(
            (dataset.columns, table, files.rejected(settings, dataset.id), seen.rows, seen.sentences)
        )
    whole, parts = found
    assert whole[1].equals(parts[1]) and whole[1].schema == parts[1].schema and len(whole[1]) == 249
    assert (whole[0], *whole[2:]) == (parts[0], *parts[2:])


def test_a_table_of_more_columns_than_are_computed_at_once(settings, write):
    names = ",".join(f"g{n}" for n in range(1200))
    rows = "".join(",".join(f"{row}.{n}" for n in range(1200)) + "\n" for row in range(12))
    dataset = ingest(write(f"{names}\n{rows}"), "a.csv", settings)
    assert (dataset.rows, len(dataset.columns)) == (12, 1200)
    assert files.frame(settings, dataset.id, ["g0", "g1199"], [11]).iloc[0].to_dict() == {
        "g0": 11.0,
        "g1199": 11.1199,
    }
