"""LSQ."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations.lsq import Lsq
from tests.policies.activations.through import through

V = [-3, -0.9, -0.2, 0.3, 0.7, 2]


def twin(clip: Any, x: float) -> float:
    step, top = clip.numbers()["step"].item(), clip.numbers()["top"].item()
    return round(max(0.0, min(top, x / step))) * step


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
