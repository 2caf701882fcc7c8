"""The clip by a running average of the norm."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.norm_ema import NormAverageClip
from tests.policies.gradients.layout import alone


def twin(policy: NormAverageClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    first: list[float] = []
    average = 0.0
    said = []
    for g in steps:
        norm = float(np.linalg.norm(g))
        if len(first) < policy.warmup:
            first.append(norm)
            average = float(np.median(first))
            said.append(g)
            continue
        limit = max(policy.factor * average, policy.floor)
        said.append(g * min(1.0, limit / norm))
        average = policy.beta * average + (1 - policy.beta) * min(norm, limit)
    return said


def run(policy: NormAverageClip, norms: list[float]) -> tuple[list[float], list[float]]:
    clipper = policy.build(*alone(1))
    said = [(clipper(torch.tensor([[float(norm)]])).after.item(), clipper.limit.item()) for norm in norms]
    return [after for after, _ in said], [limit for _, limit in said]


def test_an_early_spike_does_not_lift_the_start() -> None:
    after, limits = run(NormAverageClip(warmup=5), [1, 1, 1000, 1, 1, 1000])
    assert after == pytest.approx([1, 1, 1000, 1, 1, 2])
    assert limits == [np.inf] * 5 + [2]


def test_the_limit_cannot_run_away() -> None:
    _, limits = run(NormAverageClip(warmup=1), [1.0] + [1e9] * 101)
    assert limits[-1] == pytest.approx(2 * 1.01**100, rel=1e-6)


def test_a_floor_keeps_it_awake() -> None:
    after, _ = run(NormAverageClip(warmup=2, floor=0.5), [0.0] * 50 + [3.0])
    assert after[-1] == pytest.approx(0.5)
