"""Fitting an input clamp to a column of a table."""

import numpy as np
import pytest

from clipviz.core.bounds import Bounds
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies import fitting
from tests.training.conftest import classification


def test_groups_are_those_of_the_training_rows() -> None:
    table = classification()
    values = table.inputs[table.train, 0]
    found = fitting.fit(table, Choice.of("tukey", by="colour", shrinkage=0), values)
    red = table.inputs[table.train, 4] == 0
    alone = fitting.fit(table, Choice.of("tukey"), values[red])
    assert found.groups[0] == (alone.lo, alone.hi) and len(found.groups) == 2
    np.testing.assert_array_equal(fitting.codes(table, found, table.test), table.inputs[table.test, 4])
    assert fitting.codes(table, alone, table.test) is None


def test_a_fill_is_the_median_of_what_stays() -> None:
    values = np.array([1.0, 2, 3, 50, 60])
    assert fitting.fill(Bounds(hi=10), values) == 3
    assert fitting.fill(Bounds(hi=10, action="missing"), values) == 2
    assert fitting.fill(Bounds(hi=0, action="missing"), values) == 3  # nothing stays


def test_a_field_out_of_range_is_told() -> None:
    with pytest.raises(InvalidRecipe, match="inputs tukey: shrinkage"):
        fitting.fit(classification(), Choice.of("tukey", shrinkage=-1), np.arange(5.0))
