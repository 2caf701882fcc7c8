import numpy as np
import pytest

from clipviz.core.error_parts import dominant

FALLING = np.linspace(1.0, 0.4, 12)
FLAT_LOW, FLAT_HIGH = np.full(12, 0.05), np.full(12, 0.6)


@pytest.mark.parametrize(
    ("train", "validation", "part"),
    [
        (FALLING, FALLING + 0.02, "optimisation"),
        (FLAT_HIGH, FLAT_HIGH + 0.02, "approximation"),
        (FLAT_LOW, FLAT_LOW + 0.3, "generalisation"),
        (np.geomspace(1, 0.01, 12), np.full(12, 0.5), "generalisation"),
        (FLAT_LOW, FLAT_LOW + 0.01, "none"),
    ],
)
def test_the_largest_part_of_planted_losses(train: np.ndarray, validation: np.ndarray, part: str) -> None:
    found = dominant(train, validation, 1.0)
    assert found is not None and found.part == part
    scaled = dominant(1000 * train, 1000 * validation, 1000.0)
    assert scaled is not None and scaled.text == found.text


def test_nothing_is_said_too_early_or_without_a_constant_to_compare_with() -> None:
    assert dominant(FALLING[:4], FALLING[:4], 1.0) is None
    assert dominant(FALLING, FALLING, float("nan")) is None
    assert dominant(np.full(9, np.nan), FALLING[:9], 1.0) is None


def test_losses_on_clamped_and_on_raw_targets_are_not_compared() -> None:
    assert dominant(FALLING, 140 * FALLING, 1.0) is None


def test_a_training_loss_near_nothing_is_no_optimisation_error_though_it_falls() -> None:
    found = dominant(np.geomspace(1, 0.002, 20), np.maximum(np.geomspace(1, 0.002, 20), 0.04), 1.0)
    assert found is not None and found.part == "none" and "training loss 0.2%, validation 4.0%" in found.text


@pytest.mark.parametrize(
    ("left", "accuracy", "solved"),
    [(0.001, 1.0, True), (0.001, None, True), (0.04, 0.995, True), (0.04, None, False), (0.04, 0.9, False)],
)
def test_a_solved_task_raises_no_alarm_though_its_loss_falls(
    left: float, accuracy: float | None, solved: bool
) -> None:
    falling = np.geomspace(1, left, 12)
    found = dominant(falling, falling, 1.0, accuracy)
    assert found is not None and ("Nothing is left to gain" in found.text) is solved
    assert found.part == ("none" if solved else "optimisation")
