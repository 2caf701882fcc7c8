"""Dates as numbers that a network can read: how long since the first one, and where in the year, week and day."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Column, Dataset
from clipviz.core.table import Feature

Floats = NDArray[np.float64]
DAY = 86_400_000_000  # microseconds
YEAR_DAYS = 365.2425
MONDAY = 4  # days from Thursday 1970-01-01 to a Monday


def features(name: str, cells: Any, train: NDArray[np.int64]) -> list[tuple[Feature, Floats]]:
    """The features of a column of dates, each with its (N,) values, NaN where the date is missing.

    cells: (N,) Arrow timestamps. train: positions of the training rows, which alone decide what the features are:

    - "day: days since 2020-01-31", counted from the earliest training date;
    - "day: year (sine)" and "(cosine)", once round a year, when the training dates lie in several months;
    - "day: week (sine)" and "(cosine)" when they fall on several days of the week;
    - "day: day (sine)" and "(cosine)" when they have several times of day.

    Empty when no training row has a date.
    """
    moments, known = _microseconds(cells)
    seen = moments[train][known[train]]
    if not len(seen):
        return []
    first = int(seen.min()) // DAY * DAY
    days = np.where(known, (moments - first) / DAY, np.nan)
    since = datetime.fromtimestamp(first / 1_000_000, UTC) if abs(first) < 2**55 else None
    label = f"{since:%Y-%m-%d}" if since else "the first"
    found = [(Feature(f"{name}: days since {label}"), days)]
    months = np.unique(seen.astype("datetime64[us]").astype("datetime64[M]"))
    if len(months) > 1:
        found += _circle(name, "year", np.where(known, moments / (DAY * YEAR_DAYS), np.nan))
    if len(np.unique((seen // DAY - MONDAY) % 7)) > 1:
        found += _circle(name, "week", np.where(known, ((moments // DAY) - MONDAY) % 7 / 7, np.nan))
    if len(np.unique(seen % DAY)) > 1:
        found += _circle(name, "day", np.where(known, moments % DAY / DAY, np.nan))
    return found


def source(dataset: Dataset, feature: str) -> Column | None:
    """The date column of a dataset that gives a feature of this name, if there is one."""
    dates = (column for column in dataset.columns if column.kind == "date")
    return next((column for column in dates if feature.startswith(f"{column.name}: ")), None)


def _microseconds(cells: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(N,) microseconds since 1970, 0 where missing, and which are there."""
    import pyarrow as pa

    whole = cells.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    known = np.array(whole.is_valid().to_numpy(), dtype=bool)
    return np.array(whole.fill_null(0).to_numpy(), dtype=np.int64), known


def _circle(name: str, part: str, turns: Floats) -> list[tuple[Feature, Floats]]:
    """Sine and cosine of (N,) turns, so that the end of a period lies beside its beginning."""
    angle = 2 * np.pi * turns
    return [
        (Feature(f"{name}: {part} (sine)"), np.sin(angle)),
        (Feature(f"{name}: {part} (cosine)"), np.cos(angle)),
    ]
