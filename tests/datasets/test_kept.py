"""Large tables lie on disk beside their dataset, and are the same as small ones."""

import os
import re
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from clipviz.analysis import clamping, column
from clipviz.core.errors import ClipvizError, InvalidRecipe
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.datasets import files, jobs, kept, table
from clipviz.datasets.ingest import ingest
from clipviz.datasets.input_columns import forget

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def large(monkeypatch):
    """Every dataset counts as large, and is prepared in this process."""
    monkeypatch.setattr(table, "RESIDENT_VALUES", 0)
    monkeypatch.setattr(kept, "run", lambda job, request, settings: jobs.JOBS[job](request))


@pytest.fixture
def dataset(settings, write):
    numbers = np.random.default_rng(0)
    lines = ["x,colour,day,flag,same,y"]
    for place in range(200):
        cells = [
            f"{numbers.standard_t(1):.5g}",
            ["red", "blue", "green"][place % 3],
            f"2020-01-{place % 28 + 1:02d}",
        ]
        cells[0] = ["", "inf", "-inf", cells[0]][min(place % 40, 3)]
        lines.append(
            ",".join([*cells, "yes" if place % 5 else "no", "7", "" if place == 9 else f"{place % 37}"])
        )
    return ingest(write("\n".join(lines) + "\n"), "t.csv", settings)


def recipe(dataset, target="y", **split):
    made = Recipe(data=Data(dataset=dataset.id, target=target))
    return made.model_copy(update={"split": made.split.model_copy(update=split)})


@pytest.mark.parametrize("target", ["y", "colour"])
def test_it_is_the_table_that_memory_would_hold(settings, dataset, large, target):
    wanted = recipe(dataset, target)
    found = table.load(settings, dataset, wanted)
    judge = table.build(settings, dataset, wanted, table.InMemory())
    for field in fields(found):
        if field.name not in ("ordered", "ordered_target"):
            np.testing.assert_array_equal(getattr(found, field.name), getattr(judge, field.name))
    for place, feature in enumerate(found.features):
        values = judge.inputs[judge.train, place]
        expected = [] if feature.levels else np.sort(values[np.isfinite(values)])
        np.testing.assert_array_equal(found.ordered[place], expected)
    if target == "y":
        np.testing.assert_array_equal(found.ordered_target, np.sort(judge.target[judge.train]))
        assert clamping.target_tails(found) == clamping.target_tails(judge)
    else:
        assert found.ordered_target is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads which pages are resident from /proc")
def test_a_column_that_was_looked_at_leaves_no_pages_behind(settings, dataset, large, monkeypatch):
    monkeypatch.setattr(column, "FEW_ROWS", 16)
    found = table.load(settings, dataset, recipe(dataset))
    place = found.features.index(next(each for each in found.features if each.name == "x"))
    assert np.isfinite(found.ordered[place].sum()) and resident(settings.home, "ordered.f64") > 0
    known = column.TrainingColumn(found, "x")
    bounds = known.fit(Choice.of("quantile"))
    known.effect(bounds)
    known.histogram(known.central_range((bounds.lo, bounds.hi)))
    assert len(known.extremes) == 10
    for name in ("ordered.f64", "inputs.f64", "train.npy", "target.npy"):
        assert resident(settings.home, name) == 0


def resident(home, name):
    """Kilobytes of the maps of a file that are in this process."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    shown = rf"{re.escape(str(home))}\S*/{re.escape(name)}\n(?:.*\n)*?Rss: +(\d+) kB"
    return sum(int(found) for found in re.findall(shown, maps))


def test_it_is_a_map_of_files_that_are_written_once(settings, dataset, large, monkeypatch):
    first = table.load(settings, dataset, recipe(dataset))
    assert (
        not first.inputs.flags.writeable and not first.inputs.flags.owndata and not first.target.flags.owndata
    )
    monkeypatch.setattr(kept, "run", None)
    table.load(settings, dataset, recipe(dataset).model_copy(update={"seed": 5}))


def test_the_tables_used_last_stay(settings, dataset, large):
    maps = [table.load(settings, dataset, recipe(dataset, seed=seed)) for seed in range(kept.KEPT + 2)]
    home = files.folder(settings, dataset.id) / "tables"
    assert len(list(home.iterdir())) == kept.KEPT
    assert all(np.isfinite(each.target).all() for each in maps)  # one that was cleared away stays mapped
    again = table.load(settings, dataset, recipe(dataset, seed=0))
    np.testing.assert_array_equal(again.train, maps[0].train)


def test_what_a_killed_process_left_behind_goes_after_a_day(settings, dataset, large):
    home = files.folder(settings, dataset.id) / "tables"
    old, new = home / ".part-old", home / ".part-new"
    for part in (old, new):
        part.mkdir(parents=True)
        (part / "inputs.f64").write_bytes(b"1")
    os.utime(old, (0, 0))
    table.load(settings, dataset, recipe(dataset))
    assert (old.exists(), new.exists()) == (False, True)


def test_what_a_recipe_may_not_ask_is_told_as_ever_and_leaves_nothing(settings, dataset, large):
    with pytest.raises(InvalidRecipe, match="must be a column of the dataset"):
        table.load(settings, dataset, recipe(dataset, "nobody"))
    assert not list((files.folder(settings, dataset.id) / "tables").iterdir())


def test_a_full_disk_is_told_in_words(settings, dataset, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table, "RESIDENT_VALUES", 0)
    monkeypatch.setattr(kept, "run", full)
    with pytest.raises(ClipvizError, match="must fit on the disk a second time; received No space left"):
        table.load(settings, dataset, recipe(dataset))


def test_another_process_writes_it(settings, dataset, monkeypatch):
    """For real: errors of the recipe come back as what they are."""
    monkeypatch.setattr(table, "RESIDENT_VALUES", 0)
    with pytest.raises(InvalidRecipe, match="must be a column of the dataset"):
        table.load(settings, dataset, recipe(dataset, "nobody"))


def test_some_rows_come_in_the_order_that_was_asked(settings, dataset):
    whole = files.frame(settings, dataset.id)
    rows = [150, 3, 3, 199, 0]
    some = files.frame(settings, dataset.id, ["y", "x"], rows)
    np.testing.assert_array_equal(some["x"], whole["x"].to_numpy()[rows])
    assert list(some.columns) == ["y", "x"] and len(files.frame(settings, dataset.id, rows=[])) == 0
    with pytest.raises(IndexError, match=r"rows of 0\.\.199"):
        files.frame(settings, dataset.id, rows=[200])


def test_some_rows_are_found_in_every_row_group(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = pa.table({"a": range(50), "a.b": [f"w{place % 4}" if place % 3 else None for place in range(50)]})
    pq.write_table(whole, tmp_path / "data.parquet", row_group_size=7)
    rows = np.array([49, 0, 13, 14, 6, 7, 49])
    assert files.some_rows(tmp_path, ["a.b", "a"], rows).equals(
        whole.take(pa.array(rows)).select(["a.b", "a"])
    )


def test_a_map_may_be_let_go_of(settings, dataset, large):
    found = table.load(settings, dataset, recipe(dataset))
    before = found.inputs.copy()
    forget(found.inputs)
    forget(before)
    np.testing.assert_array_equal(found.inputs, before)
