"""Fitting the first layer: bounds, fills and moments, all from the training rows."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from clipviz.core.bounds import Bounds, Floats
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Inputs
from clipviz.core.table import Table
from clipviz.policies import fitting
from clipviz.policies.normalisations.base import Normalisation
from clipviz.training.front import ACTIONS, Front
from clipviz.training.notes import Notes


class Fitted(NamedTuple):
    """notes: sentences about fallbacks and about what was missing. stays: (N_train,) training rows that no clamp
    trims.
    """

    front: Front
    notes: tuple[str, ...]
    stays: NDArray[np.bool_]


@dataclass
class _Column:
    """What the front holds of one number."""

    bounds: Bounds
    codes: NDArray[np.int64] | None
    fill: float = 0.0
    least: float = 0.0
    most: float = 0.0
    centre: float = 0.0
    scale: float = 1.0
    below: bool = False
    above: bool = False


def fit(table: Table, inputs: Inputs, leaving: NDArray[np.bool_] | None = None) -> Fitted:
    """A front with every bound, fill and moment of the training rows.

    leaving: (N_train,) training rows that something else leaves out. Bounds are of all training rows; whatever comes
    behind them is of those that stay. Raises InvalidRecipe for a clamp on a column that is no number feature, with a
    field out of range, or that goes by a column that is no category, and when no row would stay.
    """
    places = [place for place, feature in enumerate(table.features) if not feature.levels]
    names = [table.features[place].name for place in places]
    _check_columns(inputs, names)
    # By column in memory: each is read several times.
    train = np.asfortranarray(table.inputs[np.ix_(table.train, np.array(places, dtype=np.int64))])
    normalisation: Normalisation = build("clipviz.policies.normalisations", inputs.normalisation)
    columns, notes = [], Notes()
    gone = np.zeros(len(table.train), dtype=bool) if leaving is None else leaving.copy()
    for at, name in enumerate(names):
        values = train[:, at].astype(np.float64, copy=False)
        bounds = fitting.fit(table, inputs.policy_of(name), values)
        columns.append(_Column(bounds, fitting.codes(table, bounds, table.train)))
        notes.say(name, bounds.note)
        if bounds.action == "trim":
            beyond = np.logical_or(*bounds.outside(values, columns[-1].codes))
            notes.count(name, int(beyond.sum()), "training rows are left out for a value beyond its bounds")
            gone |= beyond
    if gone.all():
        raise InvalidRecipe(
            "Trimming must leave some training rows", f"all {len(gone):,} left out", "Widen the bounds"
        )
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        values = train[:, at].astype(np.float64, copy=False)
        if gone.any():
            values = values[~gone]
            column.codes = None if column.codes is None else column.codes[~gone]
        _fit_column(name, column, values, normalisation, notes)
    return Fitted(Front(table.features, _buffers(table, places, columns)), notes.told(), ~gone)


def _check_columns(inputs: Inputs, names: list[str]) -> None:
    for column in inputs.columns:
        if column not in names:
            raise InvalidRecipe(
                "An input clamp needs a number column among the features",
                repr(column),
                "Take it out of inputs.columns or add the column to the features",
            )


def _fit_column(name: str, column: _Column, values: Floats, scaling: Normalisation, notes: Notes) -> None:
    """What comes behind the bounds, from the training rows that stay: values (N,), N >= 1."""
    bounds, finite = column.bounds, values[np.isfinite(values)]
    low, high = bounds.outside(values, column.codes)
    column.below, column.above = bounds.indicators and bool(low.any()), bounds.indicators and bool(high.any())
    if bounds.indicators and not (column.below and column.above):
        sides = [side for side, told in (("below", column.below), ("above", column.above)) if not told]
        notes.say(name, f"no training value lies {' or '.join(sides)}: no indicator of it")
    if finite.size == 0:
        notes.say(name, "no finite value in the training rows: taken as 0")
        return
    codes = None if column.codes is None else column.codes[np.isfinite(values)]
    column.fill = fitting.fill(bounds, finite, codes)
    column.least, column.most = float(finite.min()), float(finite.max())
    notes.count(name, int(np.isnan(values).sum()), "missing training values take the median of the others")
    _tell_infinities(name, bounds, values, low | high, notes)
    met = bounds.clamp(np.where(np.isnan(values), column.fill, values), column.codes)
    met = np.where(np.isnan(met), column.fill, met)
    found = scaling.fit(np.clip(met, column.least, column.most) if np.isinf(met).any() else met)
    column.centre, column.scale = found.centre, found.scale
    notes.say(name, found.note)


def _tell_infinities(
    name: str, bounds: Bounds, values: Floats, beyond: NDArray[np.bool_], notes: Notes
) -> None:
    if bounds.action == "missing":
        notes.count(name, int(beyond.sum()), "training values beyond its bounds count as missing")
    else:
        notes.count(name, int((np.isinf(values) & beyond).sum()), "infinite training values take the bound")
    free = int((np.isinf(values) & ~beyond).sum())
    notes.count(name, free, "infinite training values took the furthest finite one")


def _buffers(table: Table, places: list[int], columns: list[_Column]) -> dict[str, torch.Tensor]:
    """The buffers of a front by name; see there."""
    hots = [
        (place, code) for place, feature in enumerate(table.features) for code in range(len(feature.levels))
    ]
    grouped = [at for at, column in enumerate(columns) if column.bounds.groups]
    deep = max((len(columns[at].bounds.groups) for at in grouped), default=0)
    limits = np.array(
        [
            [(column.lo, column.hi), *column.groups, *[(column.lo, column.hi)] * (deep - len(column.groups))]
            for column in (columns[at].bounds for at in grouped)
        ]
    ).reshape(len(grouped), 1 + deep, 2)
    whole: dict[str, list[int]] = {
        "numbers": places,
        "action": [ACTIONS.index(column.bounds.action) for column in columns],
        "below": [at for at, column in enumerate(columns) if column.below],
        "above": [at for at, column in enumerate(columns) if column.above],
        "sources": [place for place, _ in hots],
        "grouped": grouped,
        "by": [fitting.category(table, columns[at].bounds.by) for at in grouped],
    }
    real = {
        **{name: [getattr(column.bounds, name) for column in columns] for name in ("lo", "hi", "width")},
        **{
            name: [getattr(column, name) for column in columns]
            for name in ("fill", "least", "most", "centre", "scale")
        },
        "codes": [float(code) for _, code in hots],
        "group_lo": limits[:, :, 0].T,
        "group_hi": limits[:, :, 1].T,
    }
    return {name: torch.tensor(values, dtype=torch.int64) for name, values in whole.items()} | {
        name: torch.from_numpy(np.array(values, dtype=np.float64)) for name, values in real.items()
    }
