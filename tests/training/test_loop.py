"""Training from end to end."""

import re
import warnings
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, State
from clipviz.core.table import Table
from clipviz.training import network
from clipviz.training.graph import Move
from clipviz.training.loop import train
from clipviz.training.progress import Progress
from clipviz.training.schedules.cosine import Cosine

from .conftest import Ear, classification, recipe, regression

EVERYTHING = {"activation__id": "learned_tanh", "gradient__id": "global_norm", "inputs__default__id": "tukey"}


def go(made: Recipe, table: Table, ear: Ear, folder: Path, **timing: float) -> tuple[State, Result | None]:
    return train(made, table, ear, device="cpu", folder=folder, **timing)  # type: ignore[arg-type]


def done(made: Recipe, table: Table, ear: Ear, folder: Path, **timing: float) -> Result:
    state, result = go(made, table, ear, folder, **timing)
    assert state is State.FINISHED and result is not None
    return result


def test_a_regression_is_learned(ear: Ear, tmp_path: Path) -> None:
    result = done(recipe(**EVERYTHING, training__epochs=100), regression(), ear, tmp_path)
    assert result.metrics["r2"] is not None and result.metrics["r2"] > 0.8
    assert result.metrics["mae"] < result.baseline["mae"] / 2  # type: ignore[operator]
    assert list(result.thresholds) == ["layer 1", "layer 2"]
    assert result.bounds["x0"][0] is not None
    assert result.clipped_share is not None and 0 <= result.clipped_share <= 1
    assert ear.device == "cpu" and ear.steps == 500


def test_a_classification_is_learned(ear: Ear, tmp_path: Path) -> None:
    result = done(recipe(), classification(), ear, tmp_path)
    assert result.metrics["accuracy"] > 0.9 > result.baseline["accuracy"]  # type: ignore[operator]
    assert set(result.metrics) == {"accuracy", "macro_f1", "macro_recall", "log_loss"}
    assert result.clipped_share is None
    assert "validation/macro_recall" in ear.series["evaluation"]


@pytest.mark.parametrize("flush_seconds", [0.0, 0.01, 100.0])
def test_every_step_is_told_once(flush_seconds: float, tmp_path: Path) -> None:
    ear = Ear()
    result = done(recipe(**EVERYTHING), regression(), ear, tmp_path, flush_seconds=flush_seconds)
    assert ear.steps_of("step").tolist() == list(range(1, 151)) and result.steps == 150
    assert ear.steps_of("evaluation").tolist() == [0, 50, 100, 150]
    assert np.isfinite(ear.line("step", "loss")).all()
    assert ear.line("step", "loss")[-20:].mean() < ear.line("step", "loss")[:20].mean()
    assert np.isnan(ear.line("evaluation", "update_ratio")).tolist() == [True, False, False, False]
    fired = ear.line("step", "fired").mean()
    assert result.clipped_share == pytest.approx(fired)


def test_percentiles_of_activations_are_in_order(ear: Ear, tmp_path: Path) -> None:
    done(recipe(), regression(), ear, tmp_path)
    lines = [ear.line("evaluation", f"activation/layer 1/{label}") for label in ("p50", "p90", "p99", "p999")]
    assert all((low <= high).all() for low, high in pairwise(lines))
    assert (
        (ear.line("evaluation", "dead/layer 2") >= 0) & (ear.line("evaluation", "dead/layer 2") <= 1)
    ).all()


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("pauses", [[2], [3, 1, 2]])
@pytest.mark.parametrize(
    "changes",
    [
        EVERYTHING | {"model__dropout": 0.2},
        {"optimiser__id": "sgd", "activation__id": "learned_hard", "activation__threshold_rate": 3.0},
        {
            "optimiser__id": "rmsprop",
            "schedule__id": "plateau",
            "schedule__patience": 0,
            "schedule__warmup": 20,
            "training__gradient_noise": 0.1,
            "training__sharpness": 0.05,
            "stopping__gradient": 1e-9,
        },
        {
            "optimiser__id": "nesterov",
            "schedule__id": "one_cycle",
            "loss": {"id": "huber"},
            "training__l1": 1e-3,
        },
        {"optimiser__id": "adagrad", "schedule__id": "cosine", "initialisation__id": "unit_variance"},
    ],
)
def test_a_paused_run_ends_with_the_very_bits(
    changes: dict[str, object], pauses: list[int], tmp_path: Path
) -> None:
    made, table = recipe(**changes), regression()
    straight, broken = Ear(), Ear()
    whole = done(made, table, straight, tmp_path / "whole")
    for count in pauses:
        ear = Ear(lambda flushes, count=count: "pause" if flushes >= 9 * count else "run")
        assert go(made, table, ear, tmp_path / "parts", flush_seconds=0.0) == (State.PAUSED, None)
        for stream, blocks in ear.blocks.items():
            broken.blocks[stream] += blocks
    last = Ear()
    ended = done(made, table, last, tmp_path / "parts")
    broken.series = last.series
    for stream, blocks in last.blocks.items():
        broken.blocks[stream] += blocks
    assert "continues from the checkpoint" in last.words("info")[0]
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "parts"))
    assert ended.model_dump(exclude={"seconds"}) == whole.model_dump(exclude={"seconds"})
    for stream in ("step", "evaluation"):
        assert broken.steps_of(stream).tolist() == straight.steps_of(stream).tolist()
        for name in straight.series[stream]:
            np.testing.assert_array_equal(broken.line(stream, name), straight.line(stream, name))


class Killed(BaseException):
    """As if the process had died between two flushes."""


@pytest.mark.parametrize("flushes", [2, 31, 60])
def test_a_killed_run_goes_on_from_its_last_checkpoint(flushes: int, tmp_path: Path) -> None:
    def die(count: int) -> str:
        if count == flushes:
            raise Killed
        return "run"

    made, table = recipe(**EVERYTHING), regression()
    whole = done(made, table, Ear(), tmp_path / "whole")
    with pytest.raises(Killed):
        go(made, table, Ear(die), tmp_path / "parts", flush_seconds=0.0, checkpoint_seconds=0.0)  # type: ignore[arg-type]
    ended = done(made, table, Ear(), tmp_path / "parts")
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "parts"))
    assert ended.model_dump(exclude={"seconds"}) == whole.model_dump(exclude={"seconds"})


def test_the_clock_never_changes_the_numbers(tmp_path: Path) -> None:
    made, table = recipe(**EVERYTHING), regression()
    done(made, table, Ear(), tmp_path / "lazy", flush_seconds=100, checkpoint_seconds=100)
    done(made, table, Ear(), tmp_path / "eager", flush_seconds=0, checkpoint_seconds=0)
    assert same(weights(tmp_path / "lazy"), weights(tmp_path / "eager"))


def test_the_callers_random_state_and_threads_are_left_alone(ear: Ear, tmp_path: Path) -> None:
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    done(recipe(training__epochs=1), regression(), ear, tmp_path)
    assert torch.equal(torch.get_rng_state(), before) and torch.get_num_threads() == threads


def test_targets_of_other_rows_change_neither_the_network_nor_its_weights(tmp_path: Path) -> None:
    """A class that only the test rows show has no output; one that training shows once has."""
    weights = []
    for name, code in (("seen", 0.0), ("unseen", -1.0)):
        table = classification(classes=2)
        table.target[table.train[0]], table.target[table.test[:4]] = 2, code
        table = replace(table, classes=("a", "b", "once"))
        state, result = train(recipe(), table, Ear(), device="cpu", folder=tmp_path / name)
        assert state is State.FINISHED and result is not None
        weights.append(load_file(tmp_path / name / "model.safetensors"))
    assert all(torch.equal(weights[0][part], weights[1][part]) for part in weights[0])
    assert weights[0]["body.output.weight"].shape[0] == 3
    assert result.metrics["accuracy"] is not None and result.metrics["accuracy"] <= 1 - 4 / len(table.test)


def test_stop_evaluates_the_best_so_far(tmp_path: Path) -> None:
    ear = Ear(lambda flushes: "stop" if flushes == 20 else "run")
    state, result = go(recipe(), regression(), ear, tmp_path, flush_seconds=0.0)
    assert state is State.STOPPED and result is not None
    assert result.steps == 20 and result.best_step == 20
    assert result.metrics["mae"] is not None
    assert "stopped at step 20 as asked" in ear.words("stop")[0]
    assert (tmp_path / "model.safetensors").exists()


def test_early_stopping_keeps_the_best_weights(ear: Ear, tmp_path: Path) -> None:
    made = recipe(training__epochs=400, stopping__patience=3, optimiser__learning_rate=0.02)
    result = done(made, regression(rows=60), ear, tmp_path)
    assert result.steps < 800 and "stopped early" in ear.words("rule")[0]
    losses = ear.line("evaluation", "validation_loss")
    assert ear.steps_of("evaluation")[losses.argmin()] == result.best_step
    best = ear.line("evaluation", "validation/rmse")[losses.argmin()]
    assert result.validation["rmse"] == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize(
    ("rule", "value", "words"),
    [
        ("most_steps", 33, "reached the most steps, 33"),
        ("absolute", 1e6, "the training loss changed by .*, less than 1e+06"),
        ("relative", 0.999, "the training loss changed by .* less than 99.900%"),
        ("gradient", 1e6, "the gradient's mean norm was .*, below 1e+06"),
    ],
)
def test_a_rule_that_fires_is_told_where_it_did(
    rule: str, value: float, words: str, ear: Ear, tmp_path: Path
) -> None:
    result = done(recipe(**{f"stopping__{rule}": value}), regression(), ear, tmp_path)
    step, kind, text = ear.events[-1]
    assert (step, kind) == (result.steps, "rule") and re.search(words.replace("+", r"\+"), text)
    assert ear.steps_of("evaluation")[-1] == step and result.steps in (33, 50)
    assert any(re.search(words.replace("+", r"\+"), note) for note in result.notes)


def test_a_run_out_of_time_has_the_numbers_of_one_that_is_not(ear: Ear, tmp_path: Path) -> None:
    result = done(recipe(stopping__most_seconds=1e-9), regression(), ear, tmp_path / "short")
    assert result.steps == 1 and "reached the most time, 1e-09 s" in ear.words("rule")[0]
    longer = Ear()
    done(recipe(), regression(), longer, tmp_path / "long")
    for name in ear.series["step"]:
        np.testing.assert_equal(ear.line("step", name)[0], longer.line("step", name)[0])


def test_the_rate_that_is_told_is_the_one_that_was_used(ear: Ear, tmp_path: Path) -> None:
    made = recipe(schedule__id="cosine", schedule__warmup=10, optimiser__id="sgd", training__epochs=20)
    result = done(made, regression(), ear, tmp_path)
    told = ear.line("step", "learning_rate")
    expected = [0.01 * Cosine(warmup=10).rate(step, result.steps, {}) for step in range(result.steps)]
    np.testing.assert_allclose(told, expected, rtol=1e-5, atol=1e-9)


def test_memory_that_runs_out_is_said_and_survived(
    monkeypatch: pytest.MonkeyPatch, ear: Ear, tmp_path: Path
) -> None:
    """In training and in evaluations; a paused run keeps the pieces that it came to."""
    from clipviz.models._mlp_network import MLPNetwork
    from clipviz.training.explicit.passing import Passing

    made = recipe(training__epochs=12)
    usual = done(made, regression(), Ear(), tmp_path / "usual")
    forward = MLPNetwork.forward

    def limited(body: Any, inputs: torch.Tensor, taps: Any = None) -> torch.Tensor:
        if len(inputs) > (10 if body.training else 50):
            raise MemoryError
        return forward(body, inputs, taps)

    def starved(passing: Passing, inputs: torch.Tensor, goal: torch.Tensor) -> Any:
        raise MemoryError

    monkeypatch.setattr(MLPNetwork, "forward", limited)
    monkeypatch.setattr(Passing, "__call__", starved)
    once = Ear(lambda flushes: "pause" if flushes == 20 else "run")
    assert go(made, regression(), once, tmp_path / "parts", flush_seconds=0.0) == (State.PAUSED, None)
    result = done(made, regression(), ear, tmp_path / "parts")
    assert "out of memory; batches go through the network in 4 pieces of 8 rows" in once.words("warning")[0]
    assert not ear.words("warning")
    assert result.metrics == pytest.approx(usual.metrics, rel=1e-3)


def test_inputs_that_say_nothing_are_refused(ear: Ear, tmp_path: Path) -> None:
    made = recipe(inputs__default={"id": "fixed", "lo": 100.0, "hi": 200.0})
    with pytest.raises(TrainingFailed, match=r"at least one input that varies.*Widen the clamps"):
        go(made, regression(), ear, tmp_path)


def test_what_was_seen_before_a_failure_is_kept(
    monkeypatch: pytest.MonkeyPatch, ear: Ear, tmp_path: Path
) -> None:
    advance = Progress.advance

    def vanishing(progress: Progress, move: Move) -> None:
        if progress.step == 7:
            raise RuntimeError("CUDA error: the device is gone")
        advance(progress, move)

    monkeypatch.setattr(Progress, "advance", vanishing)
    with pytest.raises(TrainingFailed, match="The device must stay there"):
        go(recipe(), regression(), ear, tmp_path, flush_seconds=100.0)
    assert ear.steps_of("step").tolist() == list(range(1, 8))


def test_the_saved_model_says_what_was_measured(ear: Ear, tmp_path: Path) -> None:
    table = regression()
    result = done(recipe(**EVERYTHING), table, ear, tmp_path)
    model = network.load(tmp_path / "model.safetensors")
    with torch.no_grad():
        said = model(torch.from_numpy(table.inputs[table.test])).numpy()
    assert np.abs(said - table.target[table.test]).mean() == pytest.approx(result.metrics["mae"], rel=1e-6)
    assert model.thresholds() == result.thresholds and model.recipe == recipe(**EVERYTHING)


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    ear = Ear(lambda flushes: "pause")
    go(recipe(), regression(), ear, tmp_path)
    with pytest.raises(TrainingFailed, match="continues only the recipe and model that wrote it"):
        go(recipe(seed=1), regression(), Ear(), tmp_path)


def test_a_full_disk_does_not_stop_training(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A pause waits until a checkpoint can be written."""
    ear = Ear(lambda flushes: "pause" if flushes > 5 else "run")

    def full(_: int) -> None:
        if ear.flushes < 12:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    state, _ = go(recipe(), regression(), ear, tmp_path, flush_seconds=0.0)
    assert state is State.PAUSED and 6 < len(ear.steps_of("step")) < 150
    assert len(ear.words("warning")) == 1
    assert "no checkpoint could be written (No space left on device)" in ear.words("warning")[0]
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_a_model_that_cannot_be_saved_fails_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(
        TrainingFailed, match=r"must fit on the disk; received No space left.* Free some space"
    ):
        go(recipe(training__epochs=1), regression(), Ear(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_metrics_are_on_raw_targets_of_untouched_rows(ear: Ear, tmp_path: Path) -> None:
    table = regression()
    target = table.target.copy()
    target[table.test[0]] = 1e6
    result = done(recipe(), regression(target=target), ear, tmp_path)
    assert result.metrics["rmse"] > 1e6 / np.sqrt(len(table.test)) * 0.9  # type: ignore[operator]
    assert result.validation["rmse"] < 100  # type: ignore[operator]


def test_nothing_to_learn_is_said_before_anything_else(ear: Ear, tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="different targets; received one class"):
        go(recipe(), classification(target=np.zeros(300)), ear, tmp_path)
    assert not ear.series


def test_running_out_of_memory_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def starve(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("clipviz.training.loop.assemble", starve)
    with pytest.raises(TrainingFailed, match="ran out of memory"):
        go(recipe(), regression(), Ear(), tmp_path)


def test_divergence_is_told_and_what_was_seen_is_kept(ear: Ear, tmp_path: Path) -> None:
    made = recipe(optimiser__id="sgd", optimiser__learning_rate=100.0, training__epochs=200)
    with pytest.raises(
        TrainingFailed, match=r"diverged: no finite step since step .* Lower the learning rate"
    ):
        go(made, regression(), ear, tmp_path)
    assert len(ear.steps_of("step")) >= 100
    assert ear.words("nonfinite")


def test_wild_inputs_without_a_clamp_do_not_stop_the_front(ear: Ear, tmp_path: Path) -> None:
    table = regression()
    inputs = table.inputs.copy()
    inputs[::17, 0], inputs[::19, 1], inputs[::23, 2], inputs[::29, 3] = np.nan, np.inf, -np.inf, 1e308
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = done(recipe(), regression(inputs=inputs), ear, tmp_path)
    assert any("infinite training values" in note for note in result.notes)


def test_a_batch_larger_than_the_data_and_more_columns_than_rows(ear: Ear, tmp_path: Path) -> None:
    result = done(recipe(training__batch_size=10_000, training__epochs=3), regression(20, 50), ear, tmp_path)
    assert result.steps == 3
