"""The clip by layer."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.policies.gradients.per_layer import PerLayerClip
from tests.policies.gradients.layout import SPECS, weights


def twin(policy: PerLayerClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    said = []
    for step in steps:
        cut = step.copy()
        for layer in {spec.layer for spec in specs}:
            mine = [
                at
                for spec in specs
                if spec.layer == layer
                for at in range(spec.start, spec.start + spec.size)
            ]
            cut[mine] *= min(1.0, policy.max_norm / np.linalg.norm(cut[mine]))
        said.append(cut)
    return said


def test_a_layer_keeps_its_direction_thresholds_included() -> None:
    gradient = torch.zeros(1, 40)
    gradient[0, 0], gradient[0, 20], gradient[0, 39], gradient[0, 24] = 30, 40, 120, 0.5
    clipper = PerLayerClip(max_norm=13).build(SPECS, weights(1))
    said = clipper(gradient)
    assert [gradient[0, at].item() for at in (0, 20, 39, 24)] == pytest.approx([3, 4, 12, 0.5])
    assert said.fired.item() and clipper.limit.item() == pytest.approx(said.before.item() / 10)


def test_the_limit_is_drawn_where_nothing_is_cut_too() -> None:
    gradient = torch.zeros(1, 40)
    gradient[0, 0] = 2.0
    clipper = PerLayerClip(max_norm=5).build(SPECS, weights(1))
    assert not clipper(gradient).fired.item() and clipper.limit.item() == pytest.approx(5)
