"""AdaGC."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.adagc import AdaGC
from tests.policies.gradients.layout import SPECS, alone, stream, weights


def twin(policy: AdaGC, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    """Algorithm 1 of Wang et al.: a global clip in the warm-up, each tensor by its own average afterwards."""
    gamma = {spec.name: np.inf for spec in specs}
    said = []
    for at, step in enumerate(steps):
        cut = step.copy()
        h = min(1.0, policy.max_norm / np.linalg.norm(step))
        for spec in specs:
            g = cut[spec.start : spec.start + spec.size]
            if at < policy.warmup:
                g *= h
                gamma[spec.name] = min(gamma[spec.name], np.linalg.norm(g))
            else:
                g *= min(1.0, policy.relative * gamma[spec.name] / np.linalg.norm(g))
                gamma[spec.name] = policy.beta * gamma[spec.name] + (1 - policy.beta) * np.linalg.norm(g)
        said.append(cut)
    return said


def test_the_reference_numbers() -> None:
    clipper = AdaGC().build(*alone(1))
    clipper.state()["average"].fill_(1.0)
    clipper.state()["seen"].fill_(100.0)
    said = clipper(torch.tensor([[2.0]]))
    assert said.coefficient.item() == pytest.approx(0.525)
    assert clipper.state()["average"].item() == pytest.approx(1.001)
    assert clipper.limit.item() == pytest.approx(1.05)


def test_the_average_grows_by_a_thousandth_a_step_at_most() -> None:
    clipper = AdaGC(warmup=1).build(*alone(1))
    clipper(torch.tensor([[1.0]]))
    for _ in range(694):
        clipper(torch.tensor([[1e6]]))
    assert clipper.state()["average"].item() == pytest.approx(2, rel=1e-3)


def test_the_warm_up_clips_by_the_whole_norm_and_keeps_the_direction() -> None:
    gradient = stream(11)[10]
    clipper = AdaGC(max_norm=1.0).build(SPECS, weights())
    said = clipper(gradient)
    assert said.after.tolist() == pytest.approx([1, said.before[1].clamp(max=1).item(), 1])
    assert said.cosine.tolist() == pytest.approx([1, 1, 1])
    assert clipper.limit.tolist() == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("when", [0, 5, 40])
def test_a_zero_gradient_does_not_freeze_a_tensor(when: int) -> None:
    clipper = AdaGC(warmup=10).build(*alone(1))
    for at in range(60):
        gradient = torch.tensor([[0.0 if at == when else 1.0]])
        clipper(gradient)
    assert gradient.item() == pytest.approx(1)


def test_a_tensor_that_sleeps_through_the_warm_up_starts_where_it_wakes() -> None:
    clipper = AdaGC(warmup=3).build(*alone(1))
    for _ in range(5):
        clipper(torch.zeros(1, 1))
    gradient = torch.tensor([[4.0]])
    clipper(gradient)
    assert gradient.item() == 4
    gradient.fill_(100)
    clipper(gradient)
    assert gradient.item() == pytest.approx(4 * 1.05)
