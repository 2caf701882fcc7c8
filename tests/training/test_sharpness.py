"""The gradient from a little up the slope."""

import pytest
import torch
from torch import nn

from clipviz.training.assembly import Assembly, assemble

from .conftest import recipe, regression


def assembled(**changes: object) -> Assembly:
    return assemble(recipe(**changes), regression(), "cpu")


def test_it_equals_two_passes_by_hand() -> None:
    changes = {"gradient__id": "global_norm", "gradient__max_norm": 0.5, "activation__id": "learned_tanh"}
    ours, twin = assembled(**changes, training__sharpness=0.3), assembled(**changes)
    places = torch.arange(40)
    body = twin.network.body
    inputs, goal = twin.train.batch(places)

    def gradients() -> list[torch.Tensor]:
        return list(torch.autograd.grad(nn.functional.mse_loss(body(inputs), goal), parameters))

    parameters = list(body.parameters())
    first = gradients()
    weights = [
        ("theta" not in name, p, g) for (name, p), g in zip(body.named_parameters(), first, strict=True)
    ]
    norm = torch.cat([g.flatten() for is_weight, _, g in weights if is_weight]).norm()
    with torch.no_grad():
        for is_weight, parameter, gradient in weights:
            parameter += 0.3 * gradient / norm * is_weight
    total = torch.cat([gradient.flatten() for gradient in gradients()]).norm().item()
    ours.step(ours.train, places)
    said = dict(zip(ours.step.series, ours.step.row[0].tolist(), strict=True))
    assert said["gradient_norm"] == pytest.approx(total, rel=1e-4), "the clip acts on the second gradient"
    assert said["gradient_norm_clipped"] == pytest.approx(min(total, 0.5), rel=1e-4)


def test_without_a_move_the_weights_are_back_to_the_bit_and_norms_saw_one_batch() -> None:
    changes = {"model__norm": "batch", "optimiser__id": "sgd", "optimiser__learning_rate": 1e-30}
    once, twice = assembled(**changes), assembled(**changes, training__sharpness=0.5)
    before = twice.flat.weights.clone()
    for assembly in (once, twice):
        assembly.step(assembly.train, torch.arange(40))
    assert (twice.flat.weights - before).abs().max() < 1e-20
    assert twice.flat.running and all(
        torch.equal(held, once.flat.running[name]) for name, held in twice.flat.running.items()
    )


def test_a_batch_that_is_not_finite_is_left_out() -> None:
    assembly = assembled(training__sharpness=0.5, gradient__id="global_norm")
    before = assembly.flat.weights.clone()
    assembly.train.goal[3] = torch.nan
    assembly.step(assembly.train, torch.arange(10))
    assert assembly.step.row[0, assembly.step.series.index("skipped")] == 1
    assert torch.equal(assembly.flat.weights, before)
