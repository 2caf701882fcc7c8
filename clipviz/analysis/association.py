"""How each column goes with the target, and whether the parts of a split look alike; for people to look at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.table import Table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Association:
    """How one input goes with the target on the training rows.

    measure: "rank correlation" (Spearman's rho, -1 to 1) of two numbers; "correlation ratio" (eta, 0 to 1) of a
    number's ranks and groups; "Cramér's V" (0 to 1) of two groupings. rows: pairs that it was made from. value: None
    where one of them does not vary.
    """

    column: str
    measure: str
    value: float | None
    rows: int


@dataclass(frozen=True)
class Sides:
    """One number column on training and on test rows. distance: Kolmogorov and Smirnov's, the largest gap between
    the two shares of rows below a value, 0 to 1. outside: share of finite test values beyond the training extremes.
    """

    column: str
    train_missing: float
    test_missing: float
    train_median: float | None
    test_median: float | None
    distance: float | None
    outside: float | None


def associations(table: Table) -> list[Association]:
    """One for each input but a text's words, on training rows only; infinities rank as the extremes, missing values
    are left out.
    """
    target = table.target[table.train]
    found = []
    for place, feature in enumerate(table.features):
        if feature.token:
            continue
        values = table.inputs[table.train, place]
        there = values >= 0 if feature.levels else ~np.isnan(values)
        one, other = np.asarray(values[there]), target[there]
        if feature.levels and table.classes:
            measure, value = "Cramér's V", _cramer(one.astype(int), other.astype(int))
        elif feature.levels:
            measure, value = "correlation ratio", _ratio(one.astype(int), ranks(other))
        elif table.classes:
            measure, value = "correlation ratio", _ratio(other.astype(int), ranks(one))
        else:
            measure, value = "rank correlation", pearson(ranks(one), ranks(other))
        found.append(Association(feature.name, measure, value, len(one)))
    return found


def sides(table: Table) -> list[Sides]:
    """One for the target, where it is a number, and one for each number column: training rows beside test rows."""
    found = []
    if not table.classes:
        found.append(_sides(table.target_name, table.target[table.train], table.target[table.test]))
    for place, feature in enumerate(table.features):
        if not feature.number:
            continue
        train, test = (np.asarray(table.inputs[rows, place], float) for rows in (table.train, table.test))
        found.append(_sides(feature.name, train, test))
    return found


def _sides(column: str, train: Floats, test: Floats) -> Sides:
    one, other = (np.sort(values[np.isfinite(values)]) for values in (train, test))
    both = len(one) > 0 and len(other) > 0
    return Sides(
        column=column,
        train_missing=float(np.isnan(train).mean()),
        test_missing=float(np.isnan(test).mean()),
        train_median=float(np.median(one)) if len(one) else None,
        test_median=float(np.median(other)) if len(other) else None,
        distance=_smirnov(one, other) if both else None,
        outside=float(((other < one[0]) | (other > one[-1])).mean()) if both else None,
    )


def ranks(values: Floats) -> Floats:
    """(N,) ranks of values from 0; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: Floats = (ends - (counts + 1) / 2)[place.reshape(-1)]
    return means


def pearson(one: Floats, other: Floats) -> float | None:
    """Correlation of (N,) pairs; None for fewer than three, or where one of them does not vary."""
    if len(one) < 3:
        return None
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else None


def _ratio(groups: NDArray[np.int64], values: Floats) -> float | None:
    """Square root of the share of the variance that lies between groups."""
    if len(values) < 3:
        return None
    centred = values - values.mean()
    total = float(centred @ centred)
    counts = np.bincount(groups)
    sums = np.bincount(groups, weights=centred)
    there = counts > 0
    if total <= 0 or there.sum() < 2:
        return None
    return float(np.sqrt(min(1.0, float((sums[there] ** 2 / counts[there]).sum()) / total)))


def _cramer(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    if len(one) < 3:
        return None
    _, one = np.unique(one, return_inverse=True)
    _, other = np.unique(other, return_inverse=True)
    height, width = int(one.max()) + 1, int(other.max()) + 1
    if min(height, width) < 2:
        return None
    counts = np.bincount(one * width + other, minlength=height * width).reshape(height, width)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(one)
    chi = float(((counts - expected) ** 2 / expected).sum())
    return float(np.sqrt(min(1.0, chi / len(one) / (min(height, width) - 1))))


def _smirnov(one: Floats, other: Floats) -> float:
    """Of ascending values."""
    everywhere = np.concatenate([one, other])
    gap = np.searchsorted(one, everywhere, "right") / len(one) - np.searchsorted(
        other, everywhere, "right"
    ) / len(other)
    return float(np.abs(gap).max())
