"""What a split goes by: strata of numbers are tenths, and reach the table that is trained on."""

import numpy as np
import pytest

from clipviz.core.recipe import Data, Recipe, Split
from clipviz.datasets import split_keys, table
from clipviz.datasets.ingest import ingest


def test_many_numbers_fall_into_ten_strata_of_equal_size():
    values = np.random.default_rng(3).lognormal(size=1000)
    values[:50] = np.nan
    keys = split_keys.strata(values, classes=False)
    assert [int((keys == each).sum()) for each in np.unique(keys)] == [50, *[95] * 10]
    assert np.all(np.isneginf(keys[:50]))
    order = np.argsort(values[50:])
    assert np.all(np.diff(keys[50:][order]) >= 0), "larger values are never in a lower stratum"


def test_few_values_and_classes_are_strata_of_their_own():
    few, many = np.arange(100.0) % 7, np.arange(100.0)
    assert np.array_equal(split_keys.strata(few, classes=False), few)
    assert np.array_equal(split_keys.strata(many, classes=True), many)


@pytest.mark.usefixtures("in_process")
def test_a_stratified_split_gives_each_part_an_equal_share_of_every_tenth(settings, write):
    goal = np.random.default_rng(4).standard_cauchy(400).round(6)
    rows = "".join(f"{n},{value}\n" for n, value in enumerate(goal.tolist()))
    dataset = ingest(write("x,y\n" + rows), "a.csv", settings)
    recipe = Recipe(data=Data(dataset=dataset.id, target="y"), split=Split(kind="stratified"))
    found = table.load(settings, dataset, recipe)
    tenth = np.argsort(np.argsort(found.target)) // 40
    for part in (found.validation, found.test):
        counts = np.bincount(tenth[part], minlength=10)
        assert counts.sum() == 60 and set(counts.tolist()) <= {5, 6, 7}, counts
