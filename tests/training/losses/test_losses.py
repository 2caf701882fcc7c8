"""Every loss, against its formula."""

import numpy as np
import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.training.losses.cross_entropy import CrossEntropy
from clipviz.training.losses.huber import Huber

LOSSES = discover("clipviz.training.losses")
REGRESSION = [name for name, loss in LOSSES.items() if loss.task == "regression"]


@pytest.mark.parametrize("name", REGRESSION)
def test_a_regression_loss_is_0_at_the_target_and_the_same_on_both_sides_of_it(name: str) -> None:
    goal, off = torch.randn(20, 1), torch.randn(20, 1)
    loss = LOSSES[name]().build(goal, 0)
    assert loss(goal, goal) == 0
    assert loss(goal + off, goal) == pytest.approx(loss(goal - off, goal).item(), rel=1e-4)
    assert loss(goal + 2 * off, goal) > loss(goal + off, goal) > 0


def test_hubers_gradient_is_the_clipped_gradient_of_half_the_squared_error() -> None:
    error = torch.tensor([[-3.0], [-0.5], [0.0], [0.7], [1.5]], requires_grad=True)
    Huber(delta=1.0).build(error, 0)(error, torch.zeros(5, 1)).backward()
    assert error.grad is not None
    assert error.grad.flatten().tolist() == pytest.approx([-0.2, -0.1, 0.0, 0.14, 0.2])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_its_formula(weighted: bool, smoothing: float) -> None:
    generator = np.random.default_rng(0)
    scores, goal = generator.normal(size=(30, 3)), generator.choice(3, size=30, p=[0.7, 0.2, 0.1])
    shares = np.bincount(goal, minlength=3)
    weights = len(goal) / (3 * shares) if weighted else np.ones(3)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    wanted = np.eye(3)[goal] * (1 - smoothing) + smoothing / 3
    want = -(wanted * logs * weights).sum() / weights[goal].sum()
    loss = CrossEntropy(label_smoothing=smoothing, class_weighted=weighted)
    built = loss.build(torch.from_numpy(goal), 3)
    assert built(torch.from_numpy(scores).float(), torch.from_numpy(goal)).item() == pytest.approx(
        want, rel=1e-5
    )


def test_a_class_that_no_training_row_shows_has_a_finite_weight() -> None:
    built = CrossEntropy(class_weighted=True).build(torch.tensor([0, 0, 1]), 3)
    assert torch.isfinite(built.weight).all()
