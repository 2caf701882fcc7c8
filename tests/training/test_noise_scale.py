import math

import pytest
import torch

from clipviz.training.assembly import assemble
from clipviz.training.noise_scale import PIECES, NoiseScale, estimate

from .conftest import recipe, regression


def test_the_reference_vector() -> None:
    """McCandlish et al. 2018: B = 8 and 64, |g|^2 = 2 and 1.125."""
    signal, noise = estimate(2.0, 1.125, 8, 8)
    assert (signal, noise, noise / signal) == pytest.approx((1, 8, 8))


def made(batch: int = 32, **changes: object) -> tuple[NoiseScale, object]:
    assembly = assemble(recipe(**changes), regression(), "cpu")
    return NoiseScale(assembly.flat, assembly.step.backward, assembly.train, batch, 0), assembly


def test_it_is_that_of_the_pieces_gradients() -> None:
    scale, assembly = made()
    found = scale.look(0)
    signal, noise = scale.state()["averages"].tolist()
    assert found == pytest.approx(noise / signal) or math.isnan(found)
    pieces = scale._pieces(assembly.train.take(torch.arange(PIECES * 8).numpy()))
    whole = assembly.train.take(torch.arange(PIECES * 8).numpy())
    assembly.step.backward(whole.inputs, whole.goal)
    torch.testing.assert_close(torch.stack(pieces).mean(0), assembly.flat.gradient[0])


def test_looking_leaves_no_trace() -> None:
    scale, assembly = made(model__dropout=0.3, model__norm="batch")
    before = {name: held.clone() for name, held in assembly.flat.running.items()}
    assert before
    random = torch.get_rng_state()
    scale.look(50)
    assert torch.equal(torch.get_rng_state(), random)
    assert not assembly.flat.gradient.any() and scale.gradient.any()
    for name, held in assembly.flat.running.items():
        assert torch.equal(held, before[name])


def test_a_batch_that_cannot_be_cut_has_none() -> None:
    scale, _ = made(batch=PIECES - 1)
    assert math.isnan(scale.look(0))
