"""Metrics against an independent implementation."""

import numpy as np
import pytest
from sklearn import metrics as judge

from clipviz.training.evaluation import baseline, classification, regression


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
    assert regression(np.array([1e300, 1]), np.array([1.0, 2]))["rmse"] is None
    said = classification(np.array([[np.nan, np.nan], [0.0, -9.0]]), np.array([0.0, 0.0]))
    assert said["accuracy"] == 0.5 and said["log_loss"] is None


def test_the_baseline_is_the_best_constant_for_each_metric() -> None:
    train, target = np.array([1.0, 2, 9]), np.array([2.0, 4])
    said = baseline("regression", train, target, 0)
    assert said["mae"] == 1.0  # the median, 2
    assert said["rmse"] == pytest.approx(np.sqrt(2))  # the mean, 4
    classes = baseline("classification", np.array([0.0, 0, 1]), np.array([0.0, 1]), 2)
    assert classes["accuracy"] == 0.5
    assert classes["log_loss"] == pytest.approx(-(np.log(2 / 3) + np.log(1 / 3)) / 2)
    assert baseline("classification", np.array([0.0, 0]), np.array([1.0]), 2)["log_loss"] is None
