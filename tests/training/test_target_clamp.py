"""Clamping the target: what the loss sees of training rows, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.training.assembly import assemble
from clipviz.training.loop import train
from clipviz.training.target_clamp import clamped

from .conftest import Ear, classification, recipe, regression


def spiked() -> object:
    table = regression()
    target = table.target.copy()
    target[::10] += 1000
    return regression(target=target)


def test_no_clamp_leaves_every_target() -> None:
    table = spiked()
    goals = clamped(table, Choice(id="none"))
    np.testing.assert_array_equal(goals.values, table.target[table.train])
    assert not goals.leaving.any() and goals.notes == ()


def test_training_goals_are_clamped_and_all_other_targets_are_not() -> None:
    table = spiked()
    limits = Choice.of("fixed", hi=100)
    made = assemble(recipe().model_copy(update={"target_clamp": limits}), table, "cpu")
    back = made.network.back(made.train.goal).numpy()
    np.testing.assert_allclose(back, np.minimum(table.target[table.train], 100), rtol=1e-5)
    np.testing.assert_array_equal(made.train.raw, table.target[table.train])
    back = made.network.back(made.validation.goal).numpy()
    np.testing.assert_allclose(back, table.target[table.validation], rtol=1e-5)
    assert any("training targets clamped to" in note and "as they are" in note for note in made.notes)


def test_metrics_and_baseline_are_on_targets_as_they_are(tmp_path: Path) -> None:
    table = spiked()
    results = []
    for clamp in ("none", "tukey"):
        made = recipe(training__epochs=2).replace("target_clamp.id", clamp)
        _, result = train(made, table, Ear(), device="cpu", folder=tmp_path / clamp)
        results.append(result)
    plain, clamp = results
    assert plain.baseline == clamp.baseline
    assert clamp.metrics["rmse"] > 100  # the spikes are in the test rows still


def test_the_best_step_is_the_one_that_fits_validation_targets_as_they_are(tmp_path: Path) -> None:
    """The loss at an evaluation is that of its own metric on raw targets, in units of the clamped spread."""
    table, ear = spiked(), Ear()
    table.target[table.validation[:3]] = 1000
    made = recipe(training__epochs=3).model_copy(update={"target_clamp": Choice.of("fixed", hi=100)})
    _, result = train(made, table, ear, device="cpu", folder=tmp_path)
    loss, rmse = (ear.line("evaluation", name) for name in ("validation_loss", "validation/rmse"))
    scale = np.minimum(table.target[table.train], 100).std()
    np.testing.assert_allclose(loss, (rmse / scale) ** 2, rtol=1e-4)
    assert rmse.min() > 100
    assert result.best_step == ear.steps_of("evaluation")[np.argmin(rmse)]


def test_rows_can_be_trimmed_by_their_target() -> None:
    table = spiked()
    made = assemble(
        recipe().model_copy(update={"target_clamp": Choice.of("fixed", hi=500, action="trim")}), table, "cpu"
    )
    assert len(made.train) == int((table.target[table.train] <= 500).sum()) < len(table.train)
    assert len(made.validation) == len(table.validation)
    assert made.train.raw.max() <= 500


def test_classes_have_no_clamp() -> None:
    with pytest.raises(
        InvalidRecipe, match="target clamp needs a target of numbers; received 'y', 3 classes"
    ):
        clamped(classification(), Choice(id="tukey"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"action": "missing"}, "Choose action 'trim'"), ({"indicators": True}, "no indicator")],
)
def test_what_makes_no_sense_on_a_target_is_refused(fields: dict, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        clamped(regression(), Choice.of("tukey", **fields))
