"""Leaving out what is not finite."""

from typing import Any

import numpy as np
import torch

from clipviz.policies.gradients.skip_non_finite import SkipNonFinite
from tests.policies.gradients.layout import alone


def twin(
    policy: SkipNonFinite, steps: np.ndarray, weights: np.ndarray, specs: Any
) -> list[np.ndarray | None]:
    said: list[np.ndarray | None] = []
    row = 0
    for g in steps:
        long = (
            policy.max_norm is not None and np.linalg.norm(g) > policy.max_norm and row < policy.most_in_a_row
        )
        row = row + 1 if long else 0
        said.append(None if long else g)
    return said


def test_with_a_limit_it_equals_the_twin() -> None:
    steps = np.random.default_rng(0).lognormal(sigma=2, size=(300, 1))
    policy = SkipNonFinite(max_norm=1.0, most_in_a_row=2)
    clipper = policy.build(*alone(1))
    wanted = [step is None for step in twin(policy, steps, np.ones(1), ())]
    assert [bool(clipper(torch.from_numpy(step).unsqueeze(0)).skipped) for step in steps] == wanted


def test_what_is_not_finite_is_never_taken_however_often() -> None:
    clipper = SkipNonFinite(most_in_a_row=2).build(*alone(1))
    assert all(bool(clipper(torch.tensor([[torch.nan]])).skipped) for _ in range(20))


def test_the_limit_is_drawn() -> None:
    clipper = SkipNonFinite(max_norm=3.0).build(*alone(1))
    clipper(torch.tensor([[1.0]]))
    assert clipper.limit.item() == 3
