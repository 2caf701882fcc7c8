"""The clip by parameter."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from clipviz.policies.gradients.base import Spec
from clipviz.policies.gradients.per_parameter import PerParameterClip
from tests.policies.gradients.layout import SPECS, stream, weights


def twin(policy: PerParameterClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    said = []
    for step in steps:
        cut = step.copy()
        for spec in specs:
            own = cut[spec.start : spec.start + spec.size]
            own *= min(1.0, policy.max_norm / np.linalg.norm(own))
        said.append(cut)
    return said


def test_the_reference_numbers() -> None:
    specs = (Spec("a", "layer 1", (2,), 0, 2), Spec("b", "output", (1,), 2, 1))
    gradient = torch.tensor([[3.0, 4.0, 12.0]])
    clipper = PerParameterClip().build(specs, torch.ones(1, 3))
    said = clipper(gradient)
    assert gradient[0].tolist() == pytest.approx([0.6, 0.8, 1])
    assert said.cosine.item() == pytest.approx(0.9246781, abs=1e-7)
    assert clipper.limit.item() == pytest.approx(13 / 12), "from there on the longest tensor is cut"


def test_it_equals_torch_on_each_parameter() -> None:
    gradient = stream(1, seed=2)[0] * 20
    theirs = gradient.clone()
    PerParameterClip(max_norm=0.7).build(SPECS, weights())(gradient)
    for replica in theirs:
        for spec in SPECS:
            parameter = nn.Parameter(torch.zeros(spec.size))
            parameter.grad = replica[spec.start : spec.start + spec.size]
            nn.utils.clip_grad_norm_([parameter], 0.7)
    torch.testing.assert_close(gradient, theirs, rtol=1e-5, atol=0)
