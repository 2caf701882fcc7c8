import dataclasses

import numpy as np
import pytest

from clipviz.core.contamination import Contamination
from clipviz.core.errors import InvalidRecipe
from clipviz.core.table import Feature, Table
from clipviz.datasets.contamination import contaminated

ROWS = 200


@pytest.fixture
def table() -> Table:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(ROWS, 3))
    inputs[:, 2] = generator.integers(0, 2, ROWS)
    order = generator.permutation(ROWS)
    return Table(
        features=(Feature("a"), Feature("b"), Feature("c", ("x", "y"))), inputs=inputs, target=inputs[:, 0] * 2,
        target_name="y", task="regression", classes=(), train=order[:120], validation=order[120:160],
        test=order[160:], source_rows=np.arange(ROWS), ordered=(np.arange(3.0),) * 3,
    )  # fmt: skip


def changed(before: Table, after: Table) -> tuple[set[int], set[int]]:
    """(rows with another input, rows with another target)."""
    inputs = np.flatnonzero((before.inputs != after.inputs).any(axis=1))
    return set(inputs.tolist()), set(np.flatnonzero(before.target != after.target).tolist())


@pytest.mark.parametrize("nothing", [{}, {"where": "training", "rate": 0}, {"where": "test", "size": 0}])
def test_no_dose_is_the_table_itself(table: Table, nothing: dict) -> None:
    assert contaminated(table, Contamination(**nothing)) is table


@pytest.mark.parametrize("where", ["training", "test", "target"])
def test_only_the_rows_that_are_asked_for_are_hit_and_test_targets_never(table: Table, where: str) -> None:
    found = contaminated(table, Contamination(where=where, rate=0.25))
    inputs, targets = changed(table, found)
    learned = set(table.train.tolist()) | set(table.validation.tolist())
    if where == "target":
        assert not inputs and len(targets) == 40 and targets <= learned
    else:
        wanted, count = (set(table.test.tolist()), 10) if where == "test" else (learned, 40)
        assert not targets and len(inputs) == count and inputs <= wanted
        assert found.ordered == (), "they were sorted before"
        assert (found.inputs[:, 2] == table.inputs[:, 2]).all(), "categories stay"
        assert ((found.inputs != table.inputs).sum(axis=1) <= 1).all(), "one outlier a row"
    assert "on purpose" in found.notes[-1]


def test_doses_are_nested_and_sizes_are_in_standard_deviations_of_the_training_rows(table: Table) -> None:
    few = contaminated(table, Contamination(where="training", rate=0.1))
    many = contaminated(table, Contamination(where="training", rate=0.5))
    assert changed(table, few)[0] < changed(table, many)[0]
    hit = few.inputs != table.inputs
    assert (few.inputs[hit] == many.inputs[hit]).all()
    large = contaminated(table, Contamination(where="training", rate=0.1, size=30))
    assert (large.inputs - table.inputs)[hit] == pytest.approx(3 * (few.inputs - table.inputs)[hit])
    moved = np.abs(few.inputs - table.inputs)[:, :2].max(axis=0)
    assert moved == pytest.approx(10 * table.inputs[table.train, :2].std(axis=0))
    other = contaminated(table, Contamination(where="training", rate=0.1, seed=1))
    assert changed(table, few)[0] != changed(table, other)[0]


def test_missing_values_stay_missing(table: Table) -> None:
    inputs = table.inputs.copy()
    inputs[::2, :2] = np.nan
    gone = dataclasses.replace(table, inputs=inputs)
    found = contaminated(gone, Contamination(where="training", rate=1))
    assert (np.isnan(found.inputs) == np.isnan(inputs)).all() and (found.inputs[1::2] != inputs[1::2]).any()


def test_where_there_is_no_number_it_is_a_sentence(table: Table) -> None:
    pixels = dataclasses.replace(table, inputs=table.inputs.astype(np.uint8), image=(1, 3, 1))
    with pytest.raises(InvalidRecipe, match="need columns of numbers; received images"):
        contaminated(pixels, Contamination(where="training"))
    words = dataclasses.replace(table, features=(Feature("c", ("x", "y")),) * 3)
    with pytest.raises(InvalidRecipe, match="received no such column"):
        contaminated(words, Contamination(where="test"))
    classes = dataclasses.replace(table, task="classification", classes=("n", "y"))
    with pytest.raises(InvalidRecipe, match="Outliers in the target need a target of numbers"):
        contaminated(classes, Contamination(where="target"))
