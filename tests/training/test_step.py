"""One step, against the loop that anybody would write."""

import pytest
import torch
from torch import nn

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.training.assembly import Assembly, assemble

from .conftest import classification, recipe, regression


def assembled(**changes: object) -> Assembly:
    return assemble(recipe(**changes), regression(), "cpu")


def numbers(assembly: Assembly) -> dict[str, float]:
    return dict(zip(assembly.step.series, assembly.step.row[0].tolist(), strict=True))


@pytest.mark.parametrize("activation", ["none", "fixed", "learned_hard", "learned_tanh"])
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_it_equals_a_bare_loop(activation: str, optimiser: str) -> None:
    changes = {"activation__id": activation, "optimiser__id": optimiser, "gradient__id": "global_norm"}
    ours, twin = assembled(**changes), assembled(**changes)
    body = twin.network.body
    parameters = list(body.parameters())
    for parameter in parameters:
        parameter.data, parameter.grad = parameter.data.clone(), None
    judge = (
        torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0)
        if optimiser == "adam"
        else torch.optim.SGD(parameters, lr=1e-2, momentum=0.9)
    )
    for start in range(0, 90, 30):
        places = torch.arange(start, start + 30)
        ours.step(ours.train, places)
        judge.zero_grad()
        loss = nn.functional.mse_loss(body(twin.train.inputs[places]), twin.train.goal[places])
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        judge.step()
    for mine, his in zip(ours.network.body.parameters(), parameters, strict=True):
        torch.testing.assert_close(mine.data, his.data, rtol=1e-4, atol=1e-6)
    assert numbers(ours)["loss"] == pytest.approx(loss.item(), rel=1e-4)


def test_every_number_against_its_slow_twin() -> None:
    assembly = assembled(activation__id="learned_hard", activation__start=0.2, gradient__id="global_norm")
    body, places = assembly.network.body, torch.arange(40)
    taps: list[torch.Tensor] = []
    loss = nn.functional.mse_loss(body(assembly.train.inputs[places], taps), assembly.train.goal[places])
    gradients = torch.autograd.grad(loss, list(body.parameters()))
    by_name = dict(zip((name for name, _ in body.named_parameters()), gradients, strict=True))
    assembly.step(assembly.train, places)
    said = numbers(assembly)
    total = torch.cat([g.flatten() for g in gradients]).norm().item()
    first = torch.cat([by_name["hidden.0.weight"].flatten(), by_name["hidden.0.bias"]]).norm().item()
    assert said["loss"] == pytest.approx(loss.item())
    assert said["gradient_norm"] == pytest.approx(total, rel=1e-5)
    assert said["gradient_norm_clipped"] == pytest.approx(min(total, 1.0), rel=1e-5)
    assert said["coefficient"] == pytest.approx(min(1.0, 1 / total), rel=1e-4)
    assert said["gradient_limit"] == 1.0 and said["learning_rate"] == pytest.approx(1e-3)
    assert said["fired"] == float(total > 1) and said["skipped"] == 0
    assert said["norm/layer 1"] == pytest.approx(first, rel=1e-5)
    assert said["saturated/layer 1"] == pytest.approx((taps[0].abs() > 0.2).float().mean().item())
    assert said["threshold/layer 2"] == pytest.approx(0.2), "the one that this batch went through"
    moved = body.place[1].chain[0].theta.item()
    assembly.step(assembly.train, places)
    assert numbers(assembly)["threshold/layer 2"] == pytest.approx(moved) != pytest.approx(0.2, abs=1e-5)


def test_series_follow_the_recipe() -> None:
    plain, fixed = assembled().step, assembled(activation__id="fixed").step
    assert not any(name.startswith(("threshold/", "saturated/")) for name in plain.series)
    assert "threshold/layer 2" in fixed.series and "norm/output" in fixed.series
    assert len(set(fixed.series)) == len(fixed.series) == fixed.row.shape[1]


def test_a_poisoned_batch_is_skipped_and_seen() -> None:
    assembly = assembled(gradient__id="value", activation__id="learned_tanh")
    before = assembly.flat.weights.clone()
    assembly.train.inputs[3, 0] = torch.nan
    assembly.step(assembly.train, torch.arange(10))
    said = numbers(assembly)
    assert said["skipped"] == 1 and said["loss"] != said["loss"]
    assert torch.equal(assembly.flat.weights, before)
    assembly.step(assembly.train, torch.arange(10, 20))
    assert numbers(assembly)["skipped"] == 0 and not torch.equal(assembly.flat.weights, before)


def test_a_step_that_is_left_out_was_not_clipped() -> None:
    """An infinite norm is beyond every limit; the share of clipped steps counts steps that were taken."""
    narrow = {"model__widths": [1], "model__nonlinearity": "tanh"}
    assembly = assembled(gradient__id="global_norm", gradient__max_norm=0.01, **narrow)
    assembly.train.goal[3] = 3e38
    assembly.step(assembly.train, torch.tensor([3]))
    assert numbers(assembly)["gradient_norm"] == torch.inf
    assert (numbers(assembly)["skipped"], numbers(assembly)["fired"]) == (1, 0)
    assembly.step(assembly.train, torch.arange(10, 20))
    assert (numbers(assembly)["skipped"], numbers(assembly)["fired"]) == (0, 1)


def test_scaling_the_step_is_scaling_the_gradient_under_plain_descent() -> None:
    changes = {"optimiser__id": "sgd", "optimiser__momentum": 0.0, "gradient__id": "normalise"}
    shorter, slower = assembled(**changes), assembled(**changes, training__clip_scales="step")
    for assembly in (shorter, slower):
        assembly.step(assembly.train, torch.arange(40))
    torch.testing.assert_close(shorter.flat.weights, slower.flat.weights, rtol=1e-5, atol=1e-7)
    said = numbers(slower)
    assert said["gradient_norm"] > 1 and said["learning_rate"] == pytest.approx(0.01 / said["gradient_norm"])
    assert said["gradient_norm_clipped"] == pytest.approx(1) == numbers(shorter)["gradient_norm_clipped"]


def test_adam_hardly_notices_a_short_gradient_but_does_a_short_step() -> None:
    """The first step of Adam moves every weight by its rate, whatever the length of the gradient."""
    for scales, rate in (("gradient", 1e-3), ("step", None)):
        assembly = assembled(gradient__id="global_norm", gradient__max_norm=0.1, training__clip_scales=scales)
        before = assembly.flat.weights.clone()
        assembly.step(assembly.train, torch.arange(40))
        expected = rate or 1e-3 * numbers(assembly)["coefficient"]
        assert (assembly.flat.weights - before).abs().median().item() == pytest.approx(expected, rel=1e-2)


def test_a_clip_without_one_coefficient_cannot_scale_the_step() -> None:
    with pytest.raises(InvalidRecipe, match=r"keeps the direction.*received Value"):
        assembled(gradient__id="value", training__clip_scales="step")


def test_classes_train_on_cross_entropy() -> None:
    made: Recipe = recipe()
    assembly = assemble(made, classification(), "cpu")
    said = assembly.network.body(assembly.train.inputs[:50])
    expected = nn.functional.cross_entropy(said, assembly.train.goal[:50]).item()
    assembly.step(assembly.train, torch.arange(50))
    assert numbers(assembly)["loss"] == pytest.approx(expected)


@pytest.mark.parametrize("rate", [1.0, 10.0])
def test_thresholds_have_their_own_rate_and_no_decay(rate: float) -> None:
    """With Adam the first step moves a parameter by its learning rate."""
    changes = {"activation__id": "learned_tanh", "activation__threshold_rate": rate, "activation__start": 1.0}
    assembly = assembled(**changes, optimiser__weight_decay=0.5)
    before = assembly.flat.thresholds.clone()
    assembly.step(assembly.train, torch.arange(50))
    moved = (assembly.flat.thresholds - before).abs()
    torch.testing.assert_close(moved, torch.full_like(moved, 1e-3 * rate), rtol=1e-3, atol=0)
