"""Real files, where they are at hand."""

import numpy as np

from clipviz.core.recipe import Data, Recipe
from clipviz.datasets import files, table
from clipviz.datasets.ingest import ingest


def test_boston_housing(settings, real):
    dataset = ingest(real("boston_housing.csv"), "boston_housing.csv", settings)
    assert (dataset.rows, len(dataset.columns), dataset.rejected) == (506, 14, 0)
    assert {column.kind for column in dataset.columns} == {"number", "integer"}
    assert files.values(settings, dataset.id, "medv").max() == 50
    assert files.profiles(settings, dataset.id)[3].quantiles["0.999"] == 1
    found = table.load(settings, dataset, Recipe(data=Data(dataset=dataset.id, target="medv")))
    assert (found.task, found.inputs.shape) == ("regression", (506, 13))


def test_diamonds(settings, real):
    dataset = ingest(real("diamonds.csv"), "diamonds.csv", settings)
    assert (dataset.rows, dataset.rejected) == (53_940, 0)
    kinds = [column.kind for column in dataset.columns]
    assert kinds == [
        "number",
        "category",
        "category",
        "category",
        "number",
        "number",
        "integer",
        *["number"] * 3,
    ]
    known = {entry.name: entry for entry in files.profiles(settings, dataset.id)}
    assert known["x"].zeros == 8 and known["cut"].levels[0][0] == "Ideal"
    assert (
        sum(known["y"].histogram.counts) + known["y"].histogram.below + known["y"].histogram.above == 53_940
    )
    found = table.load(settings, dataset, Recipe(data=Data(dataset=dataset.id, target="price")))
    assert found.inputs.shape == (53_940, 9) and np.isfinite(found.target).all()


def test_imdb(settings, real):
    dataset = ingest(real("imdb_subset.csv"), "imdb_subset.csv", settings)
    assert [column.kind for column in dataset.columns] == ["text", "category", *["empty"] * 10]
    assert dataset.rows + dataset.rejected == 2_000
