"""No gradient clip."""

import torch

from clipviz.policies.gradients.none import NoGradientClip


def test_it_measures_and_has_no_limit() -> None:
    gradient = torch.tensor([[3.0, 4.0]])
    clipper = NoGradientClip().build([], 1, "cpu")
    said = clipper(gradient)
    assert said.before.item() == said.after.item() == 5
    assert clipper.limit.isnan().all()
