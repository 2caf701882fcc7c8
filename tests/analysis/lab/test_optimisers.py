import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch

from clipviz.analysis.lab import optimisers
from clipviz.analysis.lab.optimisers import Schedule, paths
from clipviz.analysis.lab.surfaces import SURFACES
from clipviz.core.discovery import discover
from clipviz.policies.gradients.global_norm import GlobalNormClip
from clipviz.policies.gradients.none import NoGradientClip

GRADIENTS = discover("clipviz.policies.gradients")
RAVINE, CLIFF = SURFACES["ravine"], SURFACES["cliff"]


def twin(name: str, rate: float, steps: int, momentum: float = 0.9) -> np.ndarray:
    """A literal numpy transcription of each optimiser, on the ravine from (-7, 1.5)."""
    at, speed, mean, square = np.array([-7.0, 1.5]), np.zeros(2), np.zeros(2), np.zeros(2)
    trail = [at.copy()]
    for step in range(1, steps + 1):
        g = np.array([0.1 * at[0], 10 * at[1]])
        if name == "sgd":
            at = at - rate * g
        elif name in ("momentum", "nesterov"):
            speed = momentum * speed + g
            at = at - rate * (g + momentum * speed if name == "nesterov" else speed)
        elif name == "adagrad":
            square = square + g**2
            at = at - rate * g / (np.sqrt(square) + 1e-10)
        elif name == "rmsprop":
            square = 0.99 * square + 0.01 * g**2
            at = at - rate * g / (np.sqrt(square) + 1e-8)
        else:
            mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2
            at = at - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        trail.append(at.copy())
    return np.array(trail)


@pytest.mark.parametrize("name", optimisers.TITLES)
def test_each_optimiser_is_its_textbook_formula(name: str) -> None:
    found = paths(RAVINE, [name], Schedule(0.05, 25), NoGradientClip(), (-7.0, 1.5))[name]
    np.testing.assert_allclose(found.points, twin(name, 0.05, 25), rtol=2e-4, atol=2e-4)
    np.testing.assert_allclose(
        found.losses, 0.05 * found.points[:, 0] ** 2 + 5 * found.points[:, 1] ** 2, rtol=1e-5
    )


def test_together_is_alone() -> None:
    clip, schedule = GlobalNormClip(max_norm=0.5), Schedule(0.1, 20)
    together = paths(CLIFF, list(optimisers.TITLES), schedule, clip, CLIFF.start)
    for name, found in together.items():
        alone = paths(CLIFF, [name], schedule, clip, CLIFF.start)[name]
        np.testing.assert_allclose(found.points, alone.points, rtol=1e-5, atol=1e-5)
    assert paths(CLIFF, [], schedule, clip, CLIFF.start) == {}


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_every_gradient_policy_can_hold_the_walkers(cls: Any) -> None:
    found = paths(CLIFF, ["sgd", "adam"], Schedule(0.25, 30), cls(), CLIFF.start)
    for path in found.values():
        assert np.isfinite(path.points).all() and len(path.points) == 31 and not path.lost
        assert len(path.norms) == len(path.fired) == len(path.skipped) == 30


def test_the_cliff_throws_and_a_clip_holds() -> None:
    schedule = Schedule(CLIFF.rate, 60)
    thrown = paths(CLIFF, ["momentum"], schedule, NoGradientClip(), CLIFF.start)["momentum"]
    held = paths(CLIFF, ["momentum"], schedule, GlobalNormClip(), CLIFF.start)["momentum"]
    assert np.linalg.norm(np.diff(thrown.points, axis=0), axis=1).max() > 5
    assert np.linalg.norm(np.diff(held.points, axis=0), axis=1).max() <= CLIFF.rate / (1 - 0.9) + 1e-4
    assert held.fired.any() and held.losses[-1] < thrown.losses[-1]


def test_weight_decay_is_apart_in_adamw_only() -> None:
    found = paths(
        RAVINE, ["adam", "adamw"], Schedule(0.05, 10), NoGradientClip(), (-7.0, 1.5), weight_decay=0.5
    )
    assert not np.allclose(found["adam"].points, found["adamw"].points)
    plain = torch.tensor([-7.0, 1.5])
    plain.grad = torch.tensor([-0.7, 15.0])
    torch.optim.AdamW([plain], lr=0.05, weight_decay=0.5).step()
    np.testing.assert_allclose(found["adamw"].points[1], plain.numpy(), rtol=1e-6)


def test_a_way_that_is_lost_ends_where_it_was_last_seen() -> None:
    found = paths(SURFACES["rosenbrock"], ["sgd"], Schedule(1.0, 50), NoGradientClip(), (-1.2, 1.0))["sgd"]
    assert found.lost and np.isfinite(found.points).all() and np.isfinite(found.losses).all()
    assert len(found.points) == len(found.losses) == len(found.norms) + 1 < 51


def test_noise_is_the_same_for_all_and_only_where_the_surface_has_it() -> None:
    bowl = SURFACES["noisy_bowl"]
    first, second = (
        paths(bowl, ["sgd"], Schedule(0.05, 20), NoGradientClip(), bowl.start, noise=1.0)["sgd"]
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.points, second.points)
    calm = paths(bowl, ["sgd"], Schedule(0.05, 20), NoGradientClip(), bowl.start, noise=0.0)["sgd"]
    assert not np.allclose(first.points, calm.points)
    ravine = (
        paths(RAVINE, ["sgd"], Schedule(0.05, 9), NoGradientClip(), (1, 1), noise=n)["sgd"]
        for n in (0.0, 5.0)
    )
    np.testing.assert_array_equal(*(path.points for path in ravine))


@pytest.mark.parametrize("kind", ["constant", "linear", "step", "exponential", "cosine"])
def test_a_schedule_falls_from_the_rate_to_its_share(kind: Any) -> None:
    schedule = Schedule(0.4, 101, kind, 0.04)
    rates = [schedule.at(step) for step in range(101)]
    assert rates[0] == pytest.approx(0.4)
    assert rates[-1] == pytest.approx(0.4 if kind == "constant" else 0.016)
    assert all(before >= after - 1e-12 for before, after in itertools.pairwise(rates))
    middle = {"constant": 0.4, "linear": 0.208, "step": 0.08, "exponential": 0.08, "cosine": 0.208}
    assert schedule.at(50) == pytest.approx(middle[kind])
    assert math.isfinite(Schedule(0.1, 1, kind).at(0))
