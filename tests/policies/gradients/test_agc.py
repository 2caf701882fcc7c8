"""Adaptive gradient clipping by unit."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.agc import AdaptiveGradientClip
from clipviz.policies.gradients.base import Spec
from tests.policies.gradients.layout import SPECS, stream, weights


def unitwise_norm(x: np.ndarray) -> Any:
    """As of nfnets/optim.py, with the output axis first, as torch has it."""
    if x.squeeze().ndim <= 1:
        return np.sqrt(np.sum(x**2))
    return np.sqrt(np.sum(x**2, axis=tuple(range(1, x.ndim)), keepdims=True))


def twin(
    policy: AdaptiveGradientClip, steps: np.ndarray, weights: np.ndarray, specs: Any
) -> list[np.ndarray]:
    """Equation 3 of Brock et al., as their code computes it; the weight of the last layer is left alone."""
    said = []
    for step in steps:
        cut = step.copy()
        for spec in specs:
            if spec.name == "output.weight" and not policy.last_layer:
                continue
            part = slice(spec.start, spec.start + spec.size)
            g, p = cut[part].reshape(spec.shape), weights[part].reshape(spec.shape)
            g_norm, p_norm = unitwise_norm(g), unitwise_norm(p)
            max_norm = policy.clipping * np.maximum(p_norm, policy.epsilon)
            clipped = g * (max_norm / np.maximum(g_norm, 1e-6))
            cut[part] = np.where(g_norm < max_norm, g, clipped).reshape(-1)
        said.append(cut)
    return said


def test_the_reference_numbers() -> None:
    specs = (Spec("weight", "output", (2, 2), 0, 4),)
    gradient = torch.tensor([[0.3, 0.4, 0.3, 0.4]])
    AdaptiveGradientClip(last_layer=True).build(specs, torch.tensor([[3.0, 4, 0, 0]]))(gradient)
    assert gradient[0].tolist() == pytest.approx([0.03, 0.04, 6e-6, 8e-6])


def test_the_last_weight_is_left_alone_but_not_its_bias() -> None:
    gradient = stream(1)[0] * 100
    before = gradient.clone()
    AdaptiveGradientClip().build(SPECS, weights())(gradient)
    same = (gradient == before).all(dim=0)
    assert same[24:36].all() and not same[:24].any() and not same[36:39].any()


def test_a_unit_is_a_row_and_what_squeezes_to_a_vector_is_one_unit() -> None:
    shapes = [(3, 1), (1, 3), (3,), (2, 3, 1, 1), (2, 1, 3)]
    for shape in shapes:
        size = int(np.prod(shape))
        gradient = torch.arange(1.0, size + 1).unsqueeze(0)
        ones = torch.ones(1, size)
        policy = AdaptiveGradientClip(last_layer=True)
        wanted = gradient.numpy().reshape(shape).copy()
        ratio = 0.01 * unitwise_norm(np.ones(shape)) / unitwise_norm(wanted)
        policy.build((Spec("w", "output", shape, 0, size),), ones)(gradient)
        np.testing.assert_allclose(gradient.numpy().reshape(shape), wanted * ratio, rtol=1e-6)


def test_it_follows_the_weights_as_they_are_now() -> None:
    live = torch.ones(1, 4)
    clipper = AdaptiveGradientClip(clipping=1).build((Spec("bias", "output", (4,), 0, 4),), live)
    gradient = torch.full((1, 4), 10.0)
    clipper(gradient)
    assert gradient.norm().item() == pytest.approx(2)
    live.mul_(3)
    gradient = torch.full((1, 4), 10.0)
    clipper(gradient)
    assert gradient.norm().item() == pytest.approx(6) == pytest.approx(clipper.limit.item())
