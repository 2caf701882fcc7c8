"""From a recipe and a table to everything that a run moves."""

import numpy as np
import pytest
import torch

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.progress import Progress

from .conftest import recipe, regression


def assembled(**changes: object) -> Assembly:
    return assemble(recipe(**changes), regression(), "cpu")


def test_the_seed_decides_the_weights() -> None:
    first, second, third = assembled(), assembled(), assembled(seed=1)
    assert torch.equal(first.flat.weights, second.flat.weights)
    assert not torch.equal(first.flat.weights, third.flat.weights)


def test_large_data_is_watched_in_part() -> None:
    assembly = assemble(recipe(), regression(rows=20_000, columns=2), "cpu")
    assert (len(assembly.train), len(assembly.sample), len(assembly.watched)) == (14_000, 10_000, 1000)


@pytest.mark.parametrize("part", ["model", "activation", "gradient", "optimiser"])
def test_an_unknown_part_is_named(part: str) -> None:
    made = recipe().model_copy(update={part: Choice(id="nonsense")})
    with pytest.raises(InvalidRecipe, match=r"must be one of .* received 'nonsense'"):
        assemble(made, regression(), "cpu")


@pytest.mark.parametrize(("changes", "groups"), [({}, 1), ({"optimiser__weight_decay": 0.1}, 2)])
def test_thresholds_are_a_group_apart_where_it_matters(changes: dict[str, object], groups: int) -> None:
    assembly = assembled(activation__id="learned_tanh", **changes)
    assert len(assembly.optimiser.state()) == 1 + 2 * groups


def test_every_evaluated_number_has_one_name() -> None:
    names = assembled().evaluations
    assert len(set(names)) == len(names)
    assert names[:2] == ("train_loss", "validation_loss") and names[-1].startswith("update_ratio/")
    assert "validation/rmse" in names and "activation/layer 2/p999" in names


def test_the_loss_is_that_of_the_recipe_and_must_suit_the_target() -> None:
    usual, huber = assembled(), assembled(loss={"id": "huber", "delta": 0.5})
    said, goal = torch.tensor([[0.0], [3.0]]), torch.tensor([[0.2], [0.0]])
    assert usual.criterion(said, goal).item() == pytest.approx((0.04 + 9) / 2)
    assert huber.criterion(said, goal).item() == pytest.approx((0.02 + 0.5 * 2.75) / 2)
    with pytest.raises(
        InvalidRecipe, match="Cross-entropy is for classification; received a target of regres"
    ):
        assembled(loss={"id": "cross_entropy"})


def test_weights_start_as_the_recipe_says_and_measure_rows_behind_the_front() -> None:
    assembly = assembled(initialisation__id="unit_variance", training__batch_size=64)
    taps: list[torch.Tensor] = []
    first = assembly.network.body.hidden[0]
    first.register_forward_hook(lambda _module, _inputs, said: taps.append(said))
    assembly.network.body(Progress(assembly, recipe(training__batch_size=64), "cpu").first_batch().inputs)
    assert taps[0].std().item() == pytest.approx(1, abs=0.02)
    zero = assembled(initialisation={"id": "he", "zero_last": True})
    assert not zero.network.body(zero.train.take(np.arange(5)).inputs).any()
    assert not torch.equal(zero.flat.weights, assembled().flat.weights)
