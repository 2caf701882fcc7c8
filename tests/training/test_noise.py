"""Noise on the gradient."""

import pytest
import torch

from clipviz.training.assembly import assemble

from .conftest import recipe, regression


def test_it_fades_as_published_and_leaves_thresholds_alone() -> None:
    from clipviz.training.noise import Noise

    flat = assemble(recipe(activation__id="learned_tanh"), regression(), "cpu").flat
    noise = Noise(flat, 0.5)
    torch.manual_seed(0)
    spreads = []
    for _ in range(200):
        gradient = torch.zeros_like(flat.gradient)
        noise.add(gradient)
        assert not gradient[:, flat.split :].any()
        spreads.append(gradient[:, : flat.split].std().item())
    assert spreads[0] == pytest.approx(0.5, rel=0.05)
    assert spreads[-1] == pytest.approx((0.5**2 / 200**0.55) ** 0.5, rel=0.05)
    assert noise.state()["taken"].item() == 200


def test_the_clip_sees_the_true_gradient() -> None:
    changes = {"gradient__id": "global_norm", "gradient__max_norm": 0.1, "optimiser__id": "sgd"}
    calm, loud = (
        assemble(recipe(**changes, training__gradient_noise=spread), regression(), "cpu") for spread in (0, 1)
    )
    for assembly in (calm, loud):
        assembly.step(assembly.train, torch.arange(50))
    norm = calm.step.series.index("gradient_norm_clipped")
    assert torch.equal(calm.step.row[:, norm], loud.step.row[:, norm])
    assert (calm.flat.weights - loud.flat.weights).abs().max() > 0.01
