"""What a run ends with."""

from dataclasses import replace
from pathlib import Path

from clipviz.core.run import Result, State
from clipviz.training.loop import train

from .conftest import Ear, recipe, regression


def test_it_survives_json_and_names_its_parts(tmp_path: Path) -> None:
    made = recipe(inputs__default__id="fixed", inputs__default__hi=1.0, activation__id="fixed")
    state, result = train(made, regression(), Ear(), device="cpu", folder=tmp_path)
    assert state is State.FINISHED and result is not None
    assert Result.model_validate_json(result.model_dump_json()) == result
    assert result.bounds["x0"] == (None, 1.0)
    assert result.thresholds == {"layer 1": [6.0], "layer 2": [6.0]}
    assert result.metrics.keys() == result.validation.keys() == result.train.keys() == result.baseline.keys()
    assert result.skipped_steps == result.non_finite_steps == 0 and result.seconds > 0


def test_a_network_that_never_got_better_is_said_so(tmp_path: Path) -> None:
    made = recipe(
        optimiser__id="sgd", optimiser__learning_rate=50.0, training__epochs=1, optimiser__momentum=0.0
    )
    _, result = train(made, regression(), Ear(), device="cpu", folder=tmp_path)
    assert result is not None and result.best_step == 0
    assert any("untrained network" in note for note in result.notes)


def test_a_row_that_rules_which_weights_are_kept_is_a_caution(tmp_path: Path) -> None:
    table = regression()
    target = table.target.copy()
    target[table.validation[0]] += 1e4
    _, result = train(
        recipe(training__epochs=1), replace(table, target=target), Ear(), device="cpu", folder=tmp_path
    )
    assert result is not None
    [caution] = result.cautions
    assert "1 validation row makes 100% of the validation loss" in caution and "Huber" in caution
