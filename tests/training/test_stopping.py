"""What ends a run."""

import json
import math
from typing import Any

import pytest

from clipviz.core.regime import Stopping
from clipviz.training.stopping import Ending, epoch_steps, planned

from .conftest import recipe


def ending(**rules: Any) -> Ending:
    return Ending(Stopping(**({"patience": 0} | rules)))


def test_patience_counts_evaluations_without_a_better_loss() -> None:
    now = ending(patience=2)
    assert [now.better(step, loss) for step, loss in enumerate([3.0, 2.0, 2.0])] == [True, True, False]
    assert not now.exhausted and not now.fired
    assert not now.better(3, 2.5)
    assert now.exhausted and now.best_step == 1
    assert now.fired == {"patience": "no better for 2 evaluations"}


def test_zero_patience_never_stops_and_nan_is_never_better() -> None:
    now = ending()
    assert not any(now.better(step, math.nan) for step in range(100))
    assert not now.exhausted and not now.fired


@pytest.mark.parametrize(
    ("rule", "value", "losses", "fires"),
    [
        ("absolute", 0.1, [2.0, 1.5, 1.45], [False, False, True]),
        ("absolute", 0.1, [2.0, 2.05], [False, True]),
        ("absolute", 0.1, [2.0, math.nan, 2.0], [False, False, False]),
        ("relative", 0.1, [100.0, 80.0, 75.0], [False, False, True]),
        ("relative", 0.1, [0.0, 0.0], [False, False]),
    ],
)
def test_a_training_loss_that_hardly_changes_ends_it(
    rule: str, value: float, losses: list[float], fires: list[bool]
) -> None:
    now, met = ending(**{rule: value}), []
    for loss in losses:
        now.moved(loss, math.nan)
        met.append(rule in now.fired)
    assert met == fires


def test_a_short_gradient_ends_it() -> None:
    now = ending(gradient=0.1)
    for norm in (math.nan, 0.2, 0.1):
        now.moved(1.0, norm)
    assert not now.fired
    now.moved(1.0, 0.05)
    assert now.fired == {"gradient": "the gradient's mean norm was 0.05, below 0.1"}


def test_most_steps_and_most_time() -> None:
    now = ending(most_steps=10, most_seconds=60.0)
    now.reached(9, 59.9)
    assert not now.fired
    now.reached(10, 60.0)
    assert list(now.fired.values()) == ["reached the most steps, 10", "reached the most time, 60 s"]


def test_the_planned_steps_are_whole_epochs_or_the_most_steps() -> None:
    made = recipe(training__epochs=3, training__batch_size=32)
    assert (epoch_steps(33, made), planned(33, made)) == (2, 6)
    assert planned(33, made.replace("stopping.most_steps", 5)) == 5
    assert planned(33, made.replace("stopping.most_steps", 50)) == 6


def test_it_goes_on_where_it_was() -> None:
    now = ending(patience=3, relative=0.1)
    now.better(7, 0.5)
    now.better(8, 0.6)
    now.moved(2.0, math.nan)
    again = ending(patience=3, relative=0.1)
    again.restore(json.loads(json.dumps(now.state())))
    assert again == now
