"""LSQ."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.lsq import Lsq
from tests.policies.activations.through import through

V = [-3, -0.9, -0.2, 0.3, 0.7, 2]


def twin(clip: Any, x: float) -> float:
    step, bottom, top = (clip.numbers()[name].item() for name in ("step", "bottom", "top"))
    return round(max(bottom, min(top, x / step))) * step


def test_the_reference_values_and_gradients() -> None:
    signed = Lsq(bits=3, sign="signed")
    assert signed.knobs()["top"].start == 3 and signed.knobs()["bottom"].start == -4
    said = through(signed, V, step=0.5, bottom=-4, top=3)
    assert said.y == pytest.approx([-2, -1, 0, 0.5, 0.5, 1.5])
    assert said.dx == [0, 1, 1, 1, 1, 0]
    alone = 1 / 3**0.5  # here each value is a sample of one feature
    assert said.sent["step"] == pytest.approx(-0.8 * alone)


def test_the_gradient_is_scaled_by_the_features_of_a_sample() -> None:
    step = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    values = torch.tensor([V], dtype=torch.float64)
    bounds = {"bottom": torch.tensor([-4.0]), "top": torch.tensor([3.0], dtype=torch.float64)}
    Lsq().apply(values, step, **bounds).sum().backward()
    assert step.grad is not None and step.grad.item() == pytest.approx(-0.8 * 0.2357023, abs=1e-7)


def test_where_it_starts() -> None:
    found = Lsq(bits=3, sign="signed").measure(torch.tensor(V).unsqueeze(1))
    assert found["step"].item() == pytest.approx(1.3663957)


def test_unsigned_reaches_from_zero_to_the_threshold_that_is_shown() -> None:
    clip = Lsq(bits=2, start=0.5).build(1)
    assert clip.theta.item() == pytest.approx(1.5)
    assert clip(torch.tensor([[-9.0], [9.0]])).flatten().tolist() == pytest.approx([0, 1.5])


def test_many_networks_at_once_send_each_step_its_own_gradient() -> None:
    """A sample has as many features whether its batch stands alone or beside others."""
    clip, values = Lsq(bits=3, sign="signed"), torch.randn(3, 7, 5)
    numbers = {"bottom": torch.tensor(-4.0), "top": torch.tensor(3.0)}
    steps = torch.tensor([0.1, 0.5, 1.0]).view(3, 1, 1).requires_grad_()
    (together,) = torch.autograd.grad(clip.trained(values, step=steps, **numbers).square().sum(), steps)
    for rows, step, sent in zip(values, steps.detach().flatten(), together.flatten(), strict=True):
        alone = step.clone().requires_grad_()
        clip.apply(rows, step=alone, **numbers).square().sum().backward()
        torch.testing.assert_close(sent, alone.grad)
