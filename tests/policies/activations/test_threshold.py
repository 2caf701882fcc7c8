"""The module behind thresholds."""

import pytest
import torch

from clipviz.policies.activations.learned_hard import LearnedHardClip
from clipviz.policies.activations.learned_tanh import LearnedTanhClip


@pytest.mark.parametrize(("theta", "raw"), [(6.0, 5.9975182), (1.0, 0.5413249)])
def test_the_reference_start(theta: float, raw: float) -> None:
    clip = LearnedHardClip(start=theta).build(1)
    assert clip.raw.item() == pytest.approx(raw, abs=2e-6)


@pytest.mark.parametrize("theta", [1e-4, 0.01, 1.0, 19.0, 25.0, 1e6])
def test_it_starts_where_it_is_told(theta: float) -> None:
    assert LearnedTanhClip(start=theta).build(1).theta.item() == pytest.approx(theta, rel=1e-3)


@pytest.mark.parametrize("raw", [-1e30, -200.0, -20.0, 0.0, 50.0])
def test_a_threshold_is_positive_whatever_its_parameter(raw: float) -> None:
    clip = LearnedTanhClip().build(1)
    with torch.no_grad():
        clip.raw.fill_(raw)
    assert clip.theta.item() > 0
    values = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    clip(values).sum().backward()
    assert values.grad is not None and values.grad.isfinite().all() and clip.raw.grad.isfinite().all()


def test_it_shows_its_policy_and_threshold() -> None:
    assert "LearnedTanhClip, theta=3" in repr(LearnedTanhClip(start=3).build(1))


def test_state_travels_by_name() -> None:
    source, target = LearnedTanhClip(start=3).build(1), LearnedTanhClip().build(1)
    target.load_state_dict(source.state_dict())
    assert target.theta.item() == source.theta.item()
