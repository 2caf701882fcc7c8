"""Leaving spikes out."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.skip_spike import SkipSpike
from tests.policies.gradients.layout import alone


def twin(policy: SkipSpike, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray | None]:
    """OLMo-core's SkipStepOptimizer on the gradient norm, with a cap on steps left out in a row."""
    norms: list[float] = []
    said: list[np.ndarray | None] = []
    row = 0
    for g in steps:
        norms.append(float(np.linalg.norm(g)))
        norms = norms[-(policy.window + 1) :]
        skip = False
        if len(norms) >= max(20, policy.window // 2):
            apart = norms[-1] - np.mean(norms[:-1])
            apart = abs(apart) if policy.sides == "both" else apart
            skip = apart > policy.k * np.std(norms[:-1], ddof=1) and row < policy.most_in_a_row
        row = row + 1 if skip else 0
        said.append(None if skip else g)
    return said


@pytest.mark.parametrize("sides", ["upper", "both"])
def test_it_equals_the_twin_on_both_sides(sides: Any) -> None:
    steps = np.random.default_rng(0).lognormal(sigma=0.1, size=(400, 1))
    steps[100::17] *= 50
    steps[105::29] /= 50
    policy = SkipSpike(k=3, sides=sides, window=40)
    clipper = policy.build(*alone(1))
    wanted = [step is None for step in twin(policy, steps, np.ones(1), ())]
    assert [bool(clipper(torch.from_numpy(step).unsqueeze(0)).skipped) for step in steps] == wanted
    assert sum(wanted) > 3


def test_it_waits_for_half_of_the_window() -> None:
    for at, wanted in ((62, False), (63, True)):
        clipper = SkipSpike().build(*alone(1))
        norms = np.random.default_rng(1).normal(10, 0.1, size=70)
        norms[at] = 1000
        skipped = [bool(clipper(torch.tensor([[norm]])).skipped) for norm in norms]
        assert skipped == [wanted and step == at for step in range(70)]


def test_after_so_many_in_a_row_one_is_taken() -> None:
    clipper = SkipSpike(window=40, most_in_a_row=3).build(*alone(1))
    for norm in np.random.default_rng(2).normal(10, 0.01, size=40):
        clipper(torch.tensor([[norm]]))
    skipped = [bool(clipper(torch.tensor([[10.0**at]])).skipped) for at in range(4, 9)]
    assert skipped == [True, True, True, False, True]


def test_it_changes_no_gradient() -> None:
    clipper = SkipSpike(window=20).build(*alone(1))
    for norm in (*np.random.default_rng(3).normal(10, 0.1, size=30), 1000.0):
        gradient = torch.tensor([[norm]])
        said = clipper(gradient)
        assert gradient.item() == norm and not said.fired.item()
    assert said.skipped.item() and clipper.limit.item() < 12
