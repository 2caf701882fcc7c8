"""The rows of a run."""

import numpy as np
import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.core.table import Table
from clipviz.training.assembly import assemble
from clipviz.training.rows import check, order, prepare

from .conftest import classification, recipe, regression


@pytest.mark.parametrize(
    ("words", "table"),
    [
        ("at least one usable feature; received 0", regression(features=(), inputs=np.empty((200, 0)))),
        ("different targets; received only the value 7", regression(target=np.full(200, 7.0))),
        ("different targets; received one class", classification(target=np.zeros(300))),
        ("Every target must be a finite number", regression(target=np.full(200, np.nan))),
        ("at least one row", regression(validation=np.array([], dtype=np.int64))),
    ],
)
def test_nothing_to_learn_from_is_refused(words: str, table: Table) -> None:
    with pytest.raises(TrainingFailed, match=words):
        check(table)


def test_targets_are_standardised_by_the_training_rows() -> None:
    table = regression()
    network = assemble(recipe(), table, "cpu").network
    train, test = (prepare(network, table, places, "cpu") for places in (table.train, table.test))
    mean, deviation = table.target[table.train].mean(), table.target[table.train].std()
    torch.testing.assert_close(train.goal.mean(), torch.tensor(0.0), atol=1e-5, rtol=0)
    assert test.goal[0].item() == pytest.approx((table.target[table.test[0]] - mean) / deviation, rel=1e-5)
    np.testing.assert_array_equal(test.raw, table.target[table.test])
    np.testing.assert_allclose(network.back(test.goal).numpy(), test.raw, rtol=1e-5)


def test_some_rows_can_be_taken() -> None:
    table = classification()
    network = assemble(recipe(), table, "cpu").network
    rows = prepare(network, table, table.train, "cpu")
    some = rows.take(np.array([3, 1]))
    assert len(some) == 2 and some.goal.tolist() == rows.raw[[3, 1]].tolist()
    assert torch.equal(some.inputs, rows.inputs[[3, 1]])


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    assert order(50, 1, 2).tolist() == order(50, 1, 2).tolist()
    assert sorted(order(50, 1, 2).tolist()) == list(range(50))
    assert len({tuple(order(50, seed, epoch)) for seed in range(3) for epoch in range(3)}) == 9
