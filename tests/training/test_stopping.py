"""Early stopping."""

import math

from clipviz.training.stopping import Stopping


def test_patience_counts_evaluations_without_a_better_loss() -> None:
    stopping = Stopping(patience=2)
    assert [stopping.better(step, loss) for step, loss in enumerate([3.0, 2.0, 2.0])] == [True, True, False]
    assert not stopping.exhausted
    assert not stopping.better(3, 2.5)
    assert stopping.exhausted and stopping.best_step == 1


def test_zero_patience_never_stops_and_nan_is_never_better() -> None:
    stopping = Stopping(patience=0)
    assert not any(stopping.better(step, math.nan) for step in range(100))
    assert not stopping.exhausted
