"""Every schedule, against torch's own where there is one."""

import pytest
import torch
from torch.optim import lr_scheduler

from clipviz.core.discovery import discover
from clipviz.training.schedules.base import Memory, Schedule
from clipviz.training.schedules.cosine import Cosine
from clipviz.training.schedules.exponential import Exponential
from clipviz.training.schedules.one_cycle import OneCycle
from clipviz.training.schedules.plateau import Plateau
from clipviz.training.schedules.step import Staircase

TOTAL = 40
SCHEDULES = discover("clipviz.training.schedules")


def course(schedule: Schedule) -> list[float]:
    return [schedule.rate(step, TOTAL, {}) for step in range(TOTAL)]


def torch_course(build: "type[lr_scheduler.LRScheduler]", rate: float = 1.0, **fields: object) -> list[float]:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = build(optimiser, **fields)
    seen = []
    for _ in range(TOTAL):
        seen.append(scheduler.get_last_lr()[0])
        optimiser.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_is_positive_and_at_most_one_and_warm_up_only_lowers_it(name: str) -> None:
    plain, warmed = course(SCHEDULES[name]()), course(SCHEDULES[name](warmup=10))
    assert all(0 < factor <= 1 for factor in plain)
    assert warmed[:10] == pytest.approx([(step + 1) / 10 * plain[step] for step in range(10)])
    assert warmed[10:] == plain[10:]


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_of_one_step_has_a_rate(name: str) -> None:
    assert 0 < SCHEDULES[name]().rate(0, 1, {}) <= 1


def test_cosine_is_torchs() -> None:
    want = torch_course(lr_scheduler.CosineAnnealingLR, T_max=TOTAL, eta_min=0.1)
    assert course(Cosine(final=0.1)) == pytest.approx(want)


def test_exponential_is_torchs_with_the_gamma_that_ends_at_the_share() -> None:
    want = torch_course(lr_scheduler.ExponentialLR, gamma=0.01 ** (1 / TOTAL))
    assert course(Exponential(final=0.01)) == pytest.approx(want)


def test_steps_are_torchs_at_equal_distances() -> None:
    want = torch_course(lr_scheduler.StepLR, step_size=TOTAL // 4, gamma=0.5)
    assert course(Staircase(drop=0.5, drops=3)) == pytest.approx(want)


@pytest.mark.parametrize("rise", [0.1, 0.3, 0.5])
def test_one_cycle_is_torchs(rise: float) -> None:
    want = torch_course(
        lr_scheduler.OneCycleLR, max_lr=1.0, total_steps=TOTAL + 1, pct_start=rise, cycle_momentum=False
    )
    ours = [OneCycle(rise=rise).factor(step, TOTAL + 1, {}) for step in range(TOTAL)]
    assert ours == pytest.approx(want)


def test_a_plateau_drops_where_torchs_does() -> None:
    losses = [3.0, 2.0, 2.0, 1.99999, 2.1, 2.0, 1.0, float("nan"), 1.0, 1.0, 1.0, 1.0]
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    twin = lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=2)
    ours, memory = Plateau(drop=0.5, patience=2), Memory()
    for loss in losses:
        twin.step(loss)
        ours.saw(loss, memory)
        assert ours.factor(0, TOTAL, memory) == pytest.approx(optimiser.param_groups[0]["lr"])
    assert memory["factor"] == 0.25
