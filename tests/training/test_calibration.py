"""Where thresholds start that are measured in a batch."""

import numpy as np
import pytest
import torch

from clipviz.training.assembly import assemble
from clipviz.training.calibration import calibrate

from .conftest import recipe, regression


def test_calibration_starts_each_layer_behind_the_clip_of_the_one_before() -> None:
    assembly = assemble(
        recipe(activation__id="learned_hard", activation__start_quantile=0.9), regression(), "cpu"
    )
    batch = assembly.train.take(np.arange(60))
    sentences = calibrate(assembly, batch)
    body = assembly.network.body
    hidden = body.hidden[0](batch.inputs).relu()
    first = hidden.abs().flatten().quantile(0.9).item()
    second = body.hidden[1](hidden.clamp(max=first)).relu().flatten().quantile(0.9).item()
    assert body.place[0].chain[0].theta.item() == pytest.approx(first, rel=1e-4)
    assert body.place[1].chain[0].theta.item() == pytest.approx(second, rel=1e-4)
    assert sentences[0].startswith("layer 1: threshold starts at") and "quantile 0.9 of |h|" in sentences[0]


def test_a_silent_layer_keeps_its_threshold() -> None:
    assembly = assemble(recipe(activation__id="learned_hard"), regression(), "cpu")
    with torch.no_grad():
        assembly.network.body.hidden[0].weight.zero_()
        assembly.network.body.hidden[0].bias.fill_(-1)
    sentences = calibrate(assembly, assembly.train)
    assert "threshold starts at 1, for quantile 0.999" in sentences[0]
    assert assembly.network.body.place[0].chain[0].theta.item() == pytest.approx(1)
