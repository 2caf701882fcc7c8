"""Looks at a trained network row by row, on the test rows."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.inspection import OTHER, Inspection, Metrics, Wrong
from clipviz.core.table import Table
from clipviz.training import evaluation
from clipviz.training.network import Network

POINTS = 1000
WORST = 20
CLASSES = 20
"""Classes with a row of their own in a confusion matrix: the most frequent ones."""
Floats = NDArray[np.float64]


def inspect(network: Network, table: Table, said: Tensor) -> Inspection:
    """What a network says of the test rows, beside the truth. said: (N, O) its outputs on them."""
    with torch.no_grad():
        said = network.back(said.cpu())
    beyond = network.front.beyond(table.inputs, table.test)
    if network.task == "regression":
        return _regression(said.numpy(), table, beyond)
    return _classification(torch.log_softmax(said, dim=1).numpy(), table, beyond, network)


def _regression(said: Floats, table: Table, beyond: NDArray[np.bool_]) -> Inspection:
    truth = table.target[table.test]
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(said - truth)
    worst = _largest(error)
    shown = np.random.default_rng(0).permutation(len(truth))[:POINTS]
    points = tuple(
        (_short(truth[at]), _finite(said[at]), bool(beyond[at])) for at in np.union1d(shown, worst)
    )
    return Inspection(
        task="regression",
        rows=len(truth),
        clamped_rows=int(beyond.sum()),
        clamped=_of(beyond, lambda some: evaluation.regression(said[some], truth[some])),
        untouched=_of(~beyond, lambda some: evaluation.regression(said[some], truth[some])),
        points=points,
        worst=_wrong(worst, table, truth, said, error, beyond),
    )


def _classification(logs: Floats, table: Table, beyond: NDArray[np.bool_], network: Network) -> Inspection:
    truth = table.target[table.test]
    codes = truth.astype(np.int64)
    lost: NDArray[np.bool_] = np.asarray(np.isnan(logs).any(axis=1))
    chosen = np.where(lost, OTHER, np.argmax(np.where(lost[:, None], 0.0, logs), axis=1))
    given = np.where(codes >= 0, logs[np.arange(len(codes)), np.maximum(codes, 0)], evaluation.UNSEEN)
    size = np.where(chosen == codes, -np.inf, -given)
    worst = _largest(size)
    classes = _frequent(codes, len(network.classes))
    return Inspection(
        task="classification",
        rows=len(truth),
        clamped_rows=int(beyond.sum()),
        clamped=_of(beyond, lambda some: evaluation.classification(logs[some], truth[some])),
        untouched=_of(~beyond, lambda some: evaluation.classification(logs[some], truth[some])),
        classes=classes,
        confusion=_confusion(codes, chosen, classes),
        worst=_wrong(worst, table, np.maximum(codes, OTHER), chosen, size, beyond),
    )


def _frequent(codes: NDArray[np.int64], count: int) -> tuple[int, ...]:
    """The classes of a confusion matrix in their own order; OTHER is the last where some are left."""
    counts = np.bincount(codes[codes >= 0], minlength=count)
    own = np.sort(np.argsort(-counts, kind="stable")[:CLASSES]).tolist()
    rest = count > CLASSES or bool((codes < 0).any())
    return (*own, OTHER) if rest else tuple(own)


def _confusion(
    truth: NDArray[np.int64], said: NDArray[np.int64], classes: tuple[int, ...]
) -> tuple[tuple[int, ...], ...]:
    """Counts by truth (down) and prediction (across); a prediction that is no number counts nowhere."""
    last = len(classes) - 1
    place = {code: at for at, code in enumerate(classes)}
    down = np.array([place.get(code, last) for code in truth.tolist()])
    across = np.array([place.get(code, last if OTHER in place else -1) for code in said.tolist()])
    found = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(found, (down[across >= 0], across[across >= 0]), 1)
    return tuple(tuple(row) for row in found.tolist())


def _largest(sizes: Floats) -> NDArray[np.int64]:
    """Places of the largest sizes, the largest first, one that is no number before all; those of -inf are not wrong."""
    order = np.argsort(-np.where(np.isnan(sizes), np.inf, sizes), kind="stable")[:WORST]
    return order[np.isnan(sizes[order]) | (sizes[order] > -np.inf)]


def _wrong(
    places: NDArray[np.int64],
    table: Table,
    truth: NDArray[np.floating] | NDArray[np.int64],
    said: NDArray[np.floating] | NDArray[np.int64],
    size: Floats,
    beyond: NDArray[np.bool_],
) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(
            place=int(table.test[at]),
            row=int(table.source_rows[table.test[at]]),
            truth=float(truth[at]),
            said=_finite(said[at]),
            size=_finite(size[at]),
            clamped=bool(beyond[at]),
        )
        for at in places
    )


def _of(some: NDArray[np.bool_], measure: Callable[[NDArray[np.bool_]], Metrics]) -> Metrics:
    return measure(some) if some.any() else {}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _finite(value: float) -> float | None:
    return _short(value) if math.isfinite(value) else None
