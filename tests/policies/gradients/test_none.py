"""No gradient clip."""

from typing import Any

import numpy as np
import torch

from clipviz.policies.gradients.none import NoGradientClip
from tests.policies.gradients.layout import alone


def twin(policy: NoGradientClip, steps: np.ndarray, weights: np.ndarray, specs: Any) -> list[np.ndarray]:
    return list(steps)


def test_it_measures_and_has_no_limit() -> None:
    gradient = torch.tensor([[3.0, 4.0]])
    clipper = NoGradientClip().build(*alone(2))
    said = clipper(gradient)
    assert said.before.item() == said.after.item() == 5
    assert clipper.limit.isnan().all()
