"""Metrics against an independent implementation."""

import numpy as np
import pytest
import torch
from sklearn import metrics as judge
from torch import nn

from clipviz.training.assembly import assemble
from clipviz.training.evaluation import (
    UNSEEN,
    baseline,
    classification,
    loss,
    metrics,
    outputs,
    regression,
    ruling,
)
from clipviz.training.rows import prepare

from .conftest import classification as classes_table
from .conftest import recipe


def test_regression_metrics_equal_sklearn() -> None:
    generator = np.random.default_rng(0)
    target, predicted = generator.normal(size=50), generator.normal(size=50)
    said = regression(predicted, target)
    assert said["mae"] == pytest.approx(judge.mean_absolute_error(target, predicted))
    assert said["rmse"] == pytest.approx(judge.root_mean_squared_error(target, predicted))
    assert said["r2"] == pytest.approx(judge.r2_score(target, predicted))


def test_raw_targets_are_not_clamped() -> None:
    said = regression(np.array([1.0, 2, 3, 10]), np.array([1.0, 2, 3, 100]))
    assert said["rmse"] == 45.0


def test_classification_metrics_equal_sklearn() -> None:
    generator = np.random.default_rng(1)
    target = generator.integers(0, 4, size=200)
    scores = generator.normal(size=(200, 4))
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    chosen = scores.argmax(axis=1)
    said = classification(logs, target.astype(float))
    assert said["accuracy"] == pytest.approx(judge.accuracy_score(target, chosen))
    assert said["macro_f1"] == pytest.approx(judge.f1_score(target, chosen, average="macro"))
    assert said["macro_recall"] == pytest.approx(judge.recall_score(target, chosen, average="macro"))
    assert said["log_loss"] == pytest.approx(judge.log_loss(target, np.exp(logs)))


def test_macro_means_are_over_the_classes_that_occur() -> None:
    logs = np.log(np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]))
    said = classification(logs, np.array([0.0, 0.0]))
    assert said["macro_recall"] == 0.5 and said["macro_f1"] == pytest.approx(2 / 3)


def test_what_is_not_finite_is_none_not_hidden() -> None:
    assert regression(np.array([np.nan, 1]), np.array([1.0, 2])) == {"mae": None, "rmse": None, "r2": None}
    assert regression(np.array([1.0, 1]), np.array([2.0, 2]))["r2"] is None
    assert regression(np.array([1.7e308, 1]), np.array([-1.7e308, 2]))["rmse"] is None
    said = classification(np.array([[np.nan, np.nan], [0.0, -9.0]]), np.array([0.0, 0.0]))
    assert said["accuracy"] == 0.5 and said["log_loss"] is None


def test_huge_errors_have_finite_metrics() -> None:
    said = regression(np.array([1e200, 0.0]), np.array([2e200, 1.0]))
    assert said == pytest.approx({"mae": 0.5e200, "rmse": 1e200 / 2**0.5, "r2": 0.5})
    far = regression(np.full(5, 1e160), np.linspace(0, 1e160, 5))
    assert far == pytest.approx({"mae": 0.5e160, "rmse": 1e160 * 0.375**0.5, "r2": -2.0})
    assert regression(np.full(5, 1e308), np.linspace(0, 1, 5))["mae"] == pytest.approx(1e308)


def test_rows_of_unseen_classes_are_wrong() -> None:
    """As sklearn judges them when it is given a class that is never said."""
    generator = np.random.default_rng(2)
    target = generator.integers(-2, 3, size=100)
    scores = generator.normal(size=(100, 3))
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    chosen = scores.argmax(axis=1)
    said = classification(logs, target.astype(float))
    assert said["accuracy"] == pytest.approx(judge.accuracy_score(target, chosen))
    assert said["macro_f1"] == pytest.approx(judge.f1_score(target, chosen, average="macro", zero_division=0))
    assert said["macro_recall"] == pytest.approx(judge.recall_score(target, chosen, average="macro"))
    never = np.column_stack([np.full((100, 2), np.finfo(float).eps), np.exp(logs)])
    assert said["log_loss"] == pytest.approx(judge.log_loss(target, never / never.sum(axis=1, keepdims=True)))
    alone = classification(logs[:1], np.array([-1.0]))
    assert alone["accuracy"] == alone["macro_f1"] == 0 and alone["log_loss"] == pytest.approx(-UNSEEN)


def test_the_validation_loss_is_the_log_loss() -> None:
    table = classes_table()
    table.target[table.validation[:3]] = -1
    assembly = assemble(recipe(), table, "cpu")
    network, criterion = assembly.network, assembly.criterion
    rows = prepare(network, table, table.validation, "cpu")
    said = outputs(network, rows)
    assert loss(criterion, said, rows.goal) == pytest.approx(metrics(network, said, rows)["log_loss"])
    assert loss(criterion, said, rows.goal) > 3 * 36 / len(rows)


def test_the_baseline_is_the_best_constant_for_each_metric() -> None:
    train, target = np.array([1.0, 2, 9]), np.array([2.0, 4])
    said = baseline("regression", train, target, 0)
    assert said["mae"] == 1.0  # the median, 2
    skewed = baseline("regression", train, np.array([3.0, 10]), 0)
    assert skewed["mae"] == 4.5 and skewed["rmse"] == pytest.approx((37 / 2) ** 0.5)
    assert said["rmse"] == pytest.approx(np.sqrt(2))  # the mean, 4
    classes = baseline("classification", np.array([0.0, 0, 1]), np.array([0.0, 1]), 2)
    assert classes["accuracy"] == 0.5
    assert classes["log_loss"] == pytest.approx(-(np.log(2 / 3) + np.log(1 / 3)) / 2)
    unseen = baseline("classification", np.array([0.0, 0, 1]), np.array([-1.0]), 2)
    assert (unseen["accuracy"], unseen["log_loss"]) == (0, pytest.approx(-UNSEEN))


def test_few_rows_that_rule_a_loss_are_counted() -> None:
    said, goal = torch.zeros(200, 1), torch.ones(200, 1)
    assert ruling(nn.MSELoss(), said, goal) is None
    goal[7], goal[9] = 100, 90
    count, share = ruling(nn.MSELoss(), said, goal) or (0, 0.0)
    assert (count, share) == (1, pytest.approx(10_000 / (10_000 + 8_100 + 198)))
    assert ruling(nn.L1Loss(), said, goal) is None
    assert ruling(nn.CrossEntropyLoss(), torch.zeros(200, 2), torch.zeros(200, dtype=torch.long)) is None
