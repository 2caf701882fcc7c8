from typing import Any

import numpy as np
import pytest
import torch

from clipviz.analysis.lab import curves
from clipviz.analysis.lab.values import gaussian
from clipviz.core.discovery import discover
from clipviz.policies.activations._calibration import calibrate, waits
from clipviz.policies.activations._clip import Clip
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.learned_hard import LearnedHardClip
from clipviz.policies.activations.learned_tanh import LearnedTanhClip
from clipviz.policies.activations.none import NoClip

ACTIVATIONS = discover("clipviz.policies.activations")
HONEST = {id: cls for id, cls in ACTIVATIONS.items() if not cls.surrogate}
"""Those whose slope is that of their curve; a straight-through one tells autograd another, on purpose."""
TYPICAL = gaussian(0.0, 2.0, 301)


@pytest.mark.parametrize("cls", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_every_policy_has_a_curve_that_is_its_own_module(cls: Any) -> None:
    x = np.linspace(-5.03, 5.01, 41)
    found = curves.curve(cls(), x, TYPICAL)
    module = cls().build(1).double()
    if isinstance(module, Clip) and waits(module):
        calibrate(module, torch.from_numpy(TYPICAL)[:, None])
    with torch.no_grad():
        np.testing.assert_allclose(found.y, module(torch.from_numpy(x)[:, None])[:, 0].numpy(), atol=1e-12)
    for values in (found.y, found.slope, *found.thresholds.values()):
        assert values.shape == x.shape and values.dtype == np.float64 and np.isfinite(values).all()


@pytest.mark.parametrize("cls", HONEST.values(), ids=list(HONEST))
def test_slopes_agree_with_finite_differences_away_from_kinks(cls: Any) -> None:
    step = 1e-5
    x = np.linspace(-5.03, 5.01, 41)
    found, low, high = (curves.curve(cls(), x + shift, TYPICAL) for shift in (0.0, -step, step))
    smooth = np.abs(low.slope - high.slope) < 1e-3
    np.testing.assert_allclose(found.slope[smooth], ((high.y - low.y) / (2 * step))[smooth], atol=1e-4)
    assert smooth.mean() > 0.8


@pytest.mark.parametrize("policy", [LearnedHardClip, LearnedTanhClip])
def test_the_gradient_on_theta_is_by_theta_itself_not_by_what_hides_it(policy: Any) -> None:
    x, step = np.linspace(-5.03, 5.01, 41), 1e-4
    found, low, high = (curves.curve(policy(start=2.0 + shift), x, TYPICAL) for shift in (0.0, -step, step))
    np.testing.assert_allclose(found.thresholds["theta"], (high.y - low.y) / (2 * step), atol=1e-3)


def test_the_hard_clip_of_the_reference() -> None:
    found = curves.curve(LearnedHardClip(start=2.0), np.array([-3, -2.5, 0.5, 3]), TYPICAL)
    np.testing.assert_allclose(found.y, [-2, -2, 0.5, 2], atol=1e-6)
    assert found.thresholds["theta"].sum() == pytest.approx(-1, abs=1e-6)
    assert found.values["theta"] == pytest.approx(2.0, abs=1e-6)


def test_a_start_that_is_measured_is_the_quantile_of_what_flows_in() -> None:
    found = curves.curve(LearnedTanhClip(start_quantile=0.9), TYPICAL, TYPICAL)
    assert curves.curve(LearnedTanhClip(), TYPICAL, np.array([])).values == {"theta": pytest.approx(1)}
    assert found.values["theta"] == pytest.approx(np.quantile(np.abs(TYPICAL), 0.9), rel=1e-5)


def test_dead_and_saturated_are_counted_apart() -> None:
    found = curves.curve(FixedClip(theta=1.0), np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), TYPICAL)
    assert found.saturated == pytest.approx(2 / 5)
    assert found.dead == 0
    silent = curves.Curve(np.arange(4.0), np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 0, 1]))
    assert (silent.dead, silent.saturated) == (0.25, 0.25)


def test_a_policy_without_thresholds_says_so() -> None:
    found = curves.curve(NoClip(), TYPICAL, TYPICAL)
    assert not found.thresholds and not found.values
    assert not curves.curve(FixedClip(), TYPICAL, TYPICAL).thresholds
