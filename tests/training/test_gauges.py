"""What a step says of thresholds, whatever clips there are."""

import pytest
import torch

from clipviz.training.assembly import assemble
from clipviz.training.calibration import calibrate

from .conftest import recipe, regression

EVERYWHERE = {
    "activation": {"id": "learned_hard", "start": 0.4},
    "clips_at": {
        "input": [{"id": "learned_range", "start": 1.5, "threshold_rate": 3.0}],
        "layer 2": [{"id": "learned_tanh", "per": "channel", "start": 0.3}, {"id": "pact", "start": 0.2}],
        "output": [{"id": "fixed", "theta": 2.0}],
    },
}


def said(**changes: object) -> tuple[dict[str, float], object]:
    assembly = assemble(recipe(**changes), regression(), "cpu")
    assembly.step(assembly.train, torch.arange(40))
    return dict(zip(assembly.step.series, assembly.step.row[0].tolist(), strict=True)), assembly


def test_every_kind_of_threshold_is_told_with_what_it_holds() -> None:
    fresh = assemble(recipe(**EVERYWHERE), regression(), "cpu")
    body, taps = fresh.network.body, []
    with torch.no_grad():
        body(fresh.train.inputs[:40], taps)
    numbers, _ = said(**EVERYWHERE)
    assert {
        name.split("/", 1)[1]: value for name, value in numbers.items() if name.startswith("threshold/")
    } == {
        "input/lo": pytest.approx(-1.5),
        "input/hi": pytest.approx(1.5),
        "layer 1": pytest.approx(0.4),
        "layer 2": pytest.approx(0.3),
        "layer 2/min": pytest.approx(0.3),
        "layer 2/max": pytest.approx(0.3),
        "layer 2 (2)": pytest.approx(0.2),
        "output": 2.0,
    }
    assert numbers["saturated/input"] == pytest.approx((taps[0].abs() > 1.5).float().mean().item())
    assert numbers["saturated/layer 1"] == pytest.approx((taps[1].abs() > 0.4).float().mean().item())
    second = 0.3 * (taps[2] / 0.3).tanh()
    assert numbers["saturated/layer 2 (2)"] == pytest.approx((second > 0.2).float().mean().item())
    assert numbers["saturated/output"] == pytest.approx((taps[3].abs() > 2).float().mean().item())


def test_the_fast_way_says_what_the_slow_way_says() -> None:
    fast = assemble(recipe(activation={"id": "soft_clip", "start": 0.4}), regression(), "cpu")
    slow = assemble(recipe(activation={"id": "soft_clip", "start": 0.4}), regression(), "cpu")
    assert fast.step._gauges.plain
    slow.step._gauges.plain = False
    for assembly in (fast, slow):
        for start in (0, 40, 80):
            assembly.step(assembly.train, torch.arange(start, start + 40))
    torch.testing.assert_close(fast.step.row, slow.step.row, equal_nan=True)


def test_a_chosen_threshold_behind_a_learned_one_is_told_too() -> None:
    hard = {"id": "learned_hard", "start": 0.4}
    numbers, _ = said(activation=hard, clips_at={"layer 2": [hard, {"id": "fixed", "theta": 0.2}]})
    assert numbers["threshold/layer 2"] == pytest.approx(0.4)
    assert numbers["threshold/layer 2 (2)"] == pytest.approx(0.2)
    assert numbers["saturated/layer 2 (2)"] > numbers["saturated/layer 2"]


@pytest.mark.parametrize("name", ["stuck_gate", "lsq", "learned_range"])
def test_what_is_no_plain_threshold_goes_the_slow_way(name: str) -> None:
    numbers, assembly = said(activation={"id": name})
    assert not assembly.step._gauges.plain
    assert all(
        value == value for series, value in numbers.items() if series.startswith(("threshold/", "saturated/"))
    )


def test_rates_make_groups_of_their_own() -> None:
    assembly = assemble(recipe(**EVERYWHERE), regression(), "cpu")
    assert [(rate, end - start) for rate, start, end in assembly.flat.rates] == [(1.0, 1 + 64 + 1), (3.0, 3)]
    before = assembly.flat.weights.clone()
    assembly.step(assembly.train, torch.arange(40))
    moved = (assembly.flat.weights - before).abs()[0]
    for (
        rate,
        start,
        end,
    ) in assembly.flat.rates:  # the first step of Adam is the learning rate, where anything moves
        torch.testing.assert_close(moved[start:end].max().item(), 1e-3 * rate, rtol=1e-2, atol=0)


def test_a_penalty_pulls_a_threshold_that_nothing_else_moves() -> None:
    numbers, assembly = said(activation={"id": "pact", "start": 100.0, "penalty": 0.1})
    free, other = said(activation={"id": "pact", "start": 100.0, "penalty": 0.0})
    assert numbers["loss"] == free["loss"]
    assert assembly.network.body.place[0].chain[0].theta.item() < 100
    assert other.network.body.place[0].chain[0].theta.item() == pytest.approx(100)


def test_a_specimen_trains_and_its_threshold_stays() -> None:
    _, assembly = said(activation={"id": "stuck_gate", "start": 2.0})
    assert assembly.network.body.place[0].chain[0].theta.item() == 2


def test_starts_are_measured_along_a_chain_and_by_channel() -> None:
    chain = [
        {"id": "learned_hard", "per": "channel", "start_quantile": 0.5},
        {"id": "learned_tanh", "start_quantile": 1},
    ]
    assembly = assemble(recipe(clips_at={"layer 1": chain}), regression(), "cpu")
    batch, place = assembly.train, assembly.network.body.place[0]
    sentences = calibrate(assembly, batch)
    hidden = assembly.network.body.hidden[0](batch.inputs).relu()
    first = hidden.detach().quantile(0.5, dim=0)
    whole = hidden.detach().quantile(0.5)
    torch.testing.assert_close(
        place.chain[0].theta.detach(), first.where(first > 1e-5, whole), rtol=1e-4, atol=1e-6
    )
    assert place.chain[1].theta.item() == pytest.approx(place.chain[0](hidden).max().item(), rel=1e-4)
    assert [sentence.split(":")[0] for sentence in sentences] == ["layer 1", "layer 1 (2)"]
