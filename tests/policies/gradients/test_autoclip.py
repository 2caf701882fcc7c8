"""AutoClip."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.autoclip import AutoClip
from tests.policies.gradients.layout import alone


def twin(policy: AutoClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    """Algorithm 1 of Seetharaman et al.; the history is bounded here."""
    history: list[float] = []
    said = []
    for g in steps:
        history.append(float(np.linalg.norm(g)))
        eta = np.percentile(history[-policy.window :], policy.percentile)
        said.append(g * min(1.0, eta / np.linalg.norm(g)))
    return said


def limits(policy: AutoClip, norms: list[float]) -> list[float]:
    clipper, seen = policy.build(*alone(1)), []
    for norm in norms:
        clipper(torch.tensor([[float(norm)]]))
        seen.append(clipper.limit.item())
    return seen


def test_the_reference_numbers() -> None:
    assert limits(AutoClip(), [4, 1, 2, 10, 3]) == pytest.approx([4, 1.3, 1.2, 1.3, 1.4])


def test_the_history_is_bounded() -> None:
    assert limits(AutoClip(window=3, percentile=50), [9, 9, 9, 1, 2, 3, 4]) == [9, 9, 9, 9, 2, 2, 3]


def test_about_nine_of_ten_steps_are_clipped_at_the_tenth_percentile() -> None:
    clipper = AutoClip(window=100).build(*alone(1))
    norms = np.random.default_rng(0).lognormal(size=500)
    fired = [bool(clipper(torch.tensor([[norm]])).fired) for norm in norms]
    assert 0.85 < np.mean(fired[100:]) < 0.95


def test_what_is_not_finite_does_not_enter() -> None:
    assert limits(AutoClip(percentile=50), [1, np.inf, np.nan, 3])[-1] == 2


def test_zeros_do_not_enter_and_stop_nothing() -> None:
    assert limits(AutoClip(), [0, 0, 0, 5])[-1] == 5
