import numpy as np
import pytest

from clipviz.analysis.lab import traps

X = np.array([-3.0, -2.5, 0.5, 3.0])


@pytest.mark.parametrize("theta", [2.0, 0.3, -1.0])
def test_no_gradient_ever_reaches_the_stuck_gate(theta: float) -> None:
    found = traps.follow(traps.stuck_gate, theta, X)
    assert not found.learns and not found.threshold.any()
    positive = X if theta > 0 else np.full(4, -1e9)
    np.testing.assert_allclose(found.y[X > 0], positive[X > 0])


def test_the_repaired_gate_learns() -> None:
    found, low, high = (traps.follow(traps.learned_gate, 2.0 + shift, X) for shift in (0.0, -1e-5, 1e-5))
    assert found.learns
    np.testing.assert_allclose(found.threshold, (high.y - low.y) / 2e-5, atol=1e-4)


@pytest.mark.parametrize("theta", [2.0, 0.3])
def test_the_soft_clip_is_relu_whatever_theta(theta: float) -> None:
    found = traps.follow(traps.softplus_form, theta, X)
    np.testing.assert_allclose(found.y, np.maximum(X, 0), atol=1e-12)
    np.testing.assert_allclose(found.threshold, 0, atol=1e-12)


def test_a_negative_threshold_collapses_and_a_guarded_one_does_not() -> None:
    bare, guarded = traps.follow(traps.unguarded, -1.0, X), traps.follow(traps.guarded, -1.0, X)
    np.testing.assert_array_equal(bare.y, -1)
    assert not bare.slope.any() and bare.threshold.sum() == 4
    assert guarded.y.max() > 0 > guarded.y.min()
    assert traps.follow(traps.guarded, 2.0, X).slope.any()
