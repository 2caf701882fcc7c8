"""How far a step moves the weights."""

import torch

from clipviz.training.assembly import assemble
from clipviz.training.update_ratio import update_ratios

from .conftest import recipe, regression


def test_it_is_the_length_of_the_step_over_that_of_the_weights_without_thresholds() -> None:
    flat = assemble(recipe(activation__id="learned_tanh", model__widths=(4,)), regression(), "cpu").flat
    before = flat.weights.clone()
    flat.weights[:, : flat.split] *= 1.5
    flat.weights[:, flat.split :] += 100
    found = update_ratios(flat, before)
    torch.testing.assert_close(torch.tensor(found), torch.full((1, 1 + len(flat.layers)), 0.5))
    start, end = flat._spans["layer 1"]
    flat.weights.copy_(before)
    flat.weights[:, start:end] *= -1
    ((whole, first, *others),) = update_ratios(flat, before)
    assert 0 < whole < 2 and abs(first - 2) < 1e-6 and others == [0.0] * len(others)
