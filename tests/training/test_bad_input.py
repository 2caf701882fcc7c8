"""What cannot be trained ends with a sentence that names the remedy, and keeps what was seen until then."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Choice
from clipviz.core.run import State
from clipviz.training.ending import MODEL
from clipviz.training.loop import train
from clipviz.training.step import Step

from .conftest import Ear, classification, recipe, regression


def test_a_loss_that_is_not_finite_at_the_first_step(ear: Ear, tmp_path: Path) -> None:
    made = recipe(initialisation=Choice.of("normal", spread=100.0), model=Choice.of("mlp", widths=(64,) * 30))
    with pytest.raises(TrainingFailed, match=r"must be finite at the first step.*Clamp the inputs"):
        train(made, regression(), ear, device="cpu", folder=tmp_path)
    assert ear.steps_of("step")[0] == 1 and not np.isfinite(ear.line("step", "loss")[0])


def test_a_learning_rate_that_explodes(ear: Ear, tmp_path: Path) -> None:
    made = recipe(optimiser=Choice.of("sgd", learning_rate=10.0), training__epochs=300)
    with pytest.raises(
        TrainingFailed, match=r"Training diverged.*Lower the learning rate, clip the gradient"
    ):
        train(made, regression(), ear, device="cpu", folder=tmp_path)
    loss = ear.line("step", "loss")
    assert np.isfinite(loss[0]) and not np.isfinite(loss[-1])


def test_a_batch_larger_than_the_data(ear: Ear, tmp_path: Path) -> None:
    made = recipe(training__batch_size=10_000, training__epochs=3)
    assert train(made, regression(), ear, device="cpu", folder=tmp_path)[0] is State.FINISHED
    assert any("a batch is larger than the data" in text for text in ear.words("info"))


@pytest.mark.parametrize("size", [45, 6, 1])
def test_batch_norms_and_one_row_left_over(size: int, ear: Ear, tmp_path: Path) -> None:
    """Also of the four pieces of a batch of 6 in which the noise of the gradient is measured."""
    made = recipe(model__norm="batch", model__widths=(4,), training__batch_size=size, training__epochs=1)
    table = regression(67)
    assert len(table.train) == 46
    state, result = train(made, table, ear, device="cpu", folder=tmp_path)
    assert state is State.FINISHED and result is not None and result.metrics["mae"] is not None
    assert any("a single row" in note for note in result.notes) == (size in (45, 1))


def test_one_class(ear: Ear, tmp_path: Path) -> None:
    table = classification(classes=1)
    with pytest.raises(TrainingFailed, match=r"different targets; received one class.*Choose another target"):
        train(recipe(), table, ear, device="cpu", folder=tmp_path)


def test_inputs_that_all_become_the_same_behind_the_clamps(ear: Ear, tmp_path: Path) -> None:
    made = recipe(inputs__default=Choice.of("fixed", lo=50.0, hi=51.0))
    with pytest.raises(TrainingFailed, match=r"at least one input that varies.*Widen the clamps"):
        train(made, regression(), ear, device="cpu", folder=tmp_path)


def test_a_device_that_vanishes_leaves_a_checkpoint_from_which_a_run_ends_with_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made, table, first, second = recipe(training__epochs=12), regression(), Ear(), Ear()
    train(made, table, Ear(), device="cpu", folder=tmp_path / "whole")
    learn, calls = Step.learn, [0]

    def vanishing(step: Step, *batch: torch.Tensor) -> None:
        calls[0] += 1
        if calls[0] == 30:
            raise torch.AcceleratorError("CUDA error: the launch timed out and was terminated")
        learn(step, *batch)

    monkeypatch.setattr(Step, "learn", vanishing)
    with pytest.raises(TrainingFailed, match=r"device must stay there.*go on from the last checkpoint"):
        train(
            made, table, first, device="cpu", folder=tmp_path / "parts", flush_seconds=0, checkpoint_seconds=0
        )
    assert first.steps_of("step").tolist() == list(range(1, 30))
    assert train(made, table, second, device="cpu", folder=tmp_path / "parts")[0] is State.FINISHED
    assert "continues from the checkpoint at step 29" in second.words("info")
    assert (tmp_path / "parts" / MODEL).read_bytes() == (tmp_path / "whole" / MODEL).read_bytes()
