"""ZClip."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.zclip import ZClip
from tests.policies.gradients.layout import alone


def twin(policy: ZClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    """Kumar et al., as their code computes it (mode zscore, adaptive scaling)."""
    buffer: list[float] = []
    mean = var = 0.0
    said = []
    for g in steps:
        norm = float(np.sqrt(np.sum(g**2)))
        cap = np.inf if policy.max_norm is None else policy.max_norm
        effective = norm
        if len(buffer) < policy.warmup:
            buffer.append(norm)
            if len(buffer) == policy.warmup:
                mean, var = float(np.mean(buffer)), float(np.var(buffer))
        else:
            std = var**0.5
            z = (norm - mean) / (std + 1e-6)
            if z > policy.z:
                effective = mean + policy.z * std / (z / policy.z)
            mean = policy.alpha * mean + (1 - policy.alpha) * effective
            var = policy.alpha * var + (1 - policy.alpha) * (effective - mean) ** 2
        length = min(effective, cap)
        said.append(g * (length / norm) if norm > length else g)
    return said


@pytest.mark.parametrize(
    ("norm", "length", "mean", "variance"),
    [
        (1.6, 1.4166688, 1.0125001, 0.0437006),
        (3, 1.1250006, 1.00375, 0.0392411),
        (10, 1.0277779, 1.0008333, 0.0388218),
    ],
)
def test_the_reference_numbers(norm: float, length: float, mean: float, variance: float) -> None:
    clipper = ZClip().build(*alone(1))
    for name, value in (("mean", 1.0), ("variance", 0.04), ("seen", 25.0)):
        clipper.state()[name].fill_(value)
    said = clipper(torch.tensor([[norm]], dtype=torch.float64))
    assert said.after.item() == pytest.approx(length, abs=1e-7)
    assert clipper.limit.item() == pytest.approx(1.5, abs=1e-5), "it fires from here on"
    assert clipper.state()["mean"].item() == pytest.approx(mean, abs=1e-7)
    assert clipper.state()["variance"].item() == pytest.approx(variance, abs=1e-7)


def test_under_a_cap_all_three_end_there_and_the_averages_do_not_know() -> None:
    for norm in (1.6, 3.0, 10.0):
        free, capped = ZClip().build(*alone(1)), ZClip(max_norm=1.0).build(*alone(1))
        for clipper in (free, capped):
            for name, value in (("mean", 1.0), ("variance", 0.04), ("seen", 25.0)):
                clipper.state()[name].fill_(value)
        free(torch.tensor([[norm]]))
        assert capped(torch.tensor([[norm]])).after.item() == pytest.approx(1)
        assert torch.equal(free.state()["mean"], capped.state()["mean"])


def test_the_warm_up_measures_and_clips_at_the_cap_only() -> None:
    clipper = ZClip(warmup=5, max_norm=2.0).build(*alone(1))
    norms = [1.0, 9.0, 1.5, 0.5, 3.0]
    after = [clipper(torch.tensor([[norm]], dtype=torch.float64)).after.item() for norm in norms]
    assert after == pytest.approx([1, 2, 1.5, 0.5, 2])
    assert clipper.state()["mean"].item() == pytest.approx(np.mean(norms))
    assert clipper.state()["variance"].item() == pytest.approx(np.var(norms))


@pytest.mark.parametrize("max_norm", [0.9, 5.0])
def test_with_a_cap_it_equals_the_twin(max_norm: float) -> None:
    steps = np.random.default_rng(0).lognormal(size=(120, 1))
    policy = ZClip(max_norm=max_norm)
    clipper = policy.build(*alone(1))
    for step, wanted in zip(steps, twin(policy, steps, np.ones(1), ()), strict=True):
        gradient = torch.from_numpy(step.copy()).unsqueeze(0)
        clipper(gradient)
        assert gradient.item() == pytest.approx(wanted.item(), rel=1e-9)
