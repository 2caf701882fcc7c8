"""What flows through the hidden layers."""

import numpy as np
import pytest
import torch

from clipviz.training import watch
from clipviz.training.assembly import assemble

from .conftest import recipe, regression


def test_percentiles_and_dead_units_against_their_slow_twin() -> None:
    assembly = assemble(recipe(model__widths=[6, 4]), regression(), "cpu")
    body = assembly.network.body
    with torch.no_grad():
        body.hidden[0].weight[:2] = 0
        body.hidden[0].bias[:2] = -1
        body.hidden[0].weight[2] *= 1e-3
        body.hidden[0].bias[2] = 1e-3  # barely alive is not dead
    said = dict(
        zip(watch.names(assembly.network), watch.look(assembly.network, assembly.watched), strict=True)
    )
    hidden = body.hidden[0](assembly.watched.inputs).relu()
    twin = np.quantile(hidden.detach().numpy(), [0.5, 0.999])
    assert said["activation/layer 1/p50"] == pytest.approx(twin[0], rel=1e-5)
    assert said["activation/layer 1/p999"] == pytest.approx(twin[1], rel=1e-5)
    dead = sum(bool((hidden[:, unit] == 0).all()) for unit in range(6)) / 6
    assert said["dead/layer 1"] == pytest.approx(dead) and 2 / 6 <= dead < 3 / 6
    assert assembly.network.training


def test_infinite_activations_are_told_not_hidden() -> None:
    assembly = assemble(recipe(model__widths=[4]), regression(), "cpu")
    with torch.no_grad():
        assembly.network.body.hidden[0].bias[0] = torch.inf
    said = dict(
        zip(watch.names(assembly.network), watch.look(assembly.network, assembly.watched), strict=True)
    )
    assert np.isfinite(said["activation/layer 1/p50"]) and not np.isfinite(said["activation/layer 1/p999"])
