"""The learning rate on the device."""

import pytest
import torch

from clipviz.training.rates import Rates
from clipviz.training.schedules.constant import Constant
from clipviz.training.schedules.cosine import Cosine
from clipviz.training.schedules.plateau import Plateau


def test_it_is_the_same_memory_filled_for_each_step() -> None:
    rates = Rates([Cosine(warmup=2)], [0.1], 10, "cpu")
    now, slot = rates.now, torch.zeros(1, dtype=torch.float64)
    rates.tell(slot)
    for step in range(10):
        rates.at(step)
        expected = 0.1 * Cosine(warmup=2).rate(step, 10, {})
        assert now.item() == pytest.approx(expected) and slot.item() == now.item()


def test_a_constant_rate_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = Rates([Constant()] * 3, [0.1, 0.2, 0.3], 10, "cpu")
    rates.at(0)
    written = []
    monkeypatch.setattr(torch, "mul", lambda *given, **more: written.append(given))
    for step in range(1, 10):
        rates.at(step)
    assert not written and rates.now.tolist() == pytest.approx([0.1, 0.2, 0.3])


def test_replicas_have_their_own_rate_schedule_and_memory() -> None:
    rates = Rates([Plateau(patience=0, drop=0.5), Plateau(patience=0, drop=0.1)], [1.0, 2.0], 10, "cpu")
    for losses in ([1.0, 1.0], [2.0, 0.5]):
        rates.saw(losses)
    rates.at(5)
    assert rates.now.tolist() == pytest.approx([0.5, 2.0])
    rates.saw([0.1, 0.6])
    rates.at(6)
    assert rates.now.tolist() == pytest.approx([0.5, 0.2])
    again = Rates([Plateau(patience=0, drop=0.5), Plateau(patience=0, drop=0.1)], [1.0, 2.0], 10, "cpu")
    again.restore(rates.state())
    again.at(7)
    assert torch.equal(again.now, rates.now)
