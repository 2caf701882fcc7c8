"""Fitting the first layer: bounds, fills and moments, all from the training rows."""

from collections.abc import Iterator
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
from clipviz.policies.normalisations.base import Normalisation, Scaling
from clipviz.training.front import ACTIONS, CHUNK_VALUES, Front, vocabulary
from clipviz.training.notes import Notes

Codes = NDArray[np.int64] | None
AS_IT_IS = Scaling(0.0, 1.0)


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
    below: bool = False
    above: bool = False
    fill: float = 0.0
    least: float = 0.0
    most: float = 0.0
    scaling: Scaling = AS_IT_IS


def fit(table: Table, inputs: Inputs, leaving: NDArray[np.bool_] | None = None) -> Fitted:
    """A front with every bound, fill and moment of the training rows.

    leaving: (N_train,) training rows that something else leaves out. Bounds are of all training rows; whatever comes
    behind them is of those that stay. Raises InvalidRecipe for a clamp on a column that is no number feature, with a
    field out of range, or that goes by a column that is no category, and when no row would stay.
    """
    places = [place for place, feature in enumerate(table.features) if feature.number]
    _check_columns(inputs, [table.features[place].name for place in places])
    scaling: Normalisation = build("clipviz.policies.normalisations", inputs.normalisation)
    notes = Notes()
    stays = ~(_trimmed(table, inputs, places, notes) | (False if leaving is None else leaving))
    if len(stays) and not stays.any():
        raise InvalidRecipe(
            "Trimming must leave some training rows", f"all {len(stays):,} left out", "Widen the bounds"
        )
    columns = []
    for name, values in _training_columns(table, places):
        bounds = fitting.fit(table, inputs.policy_of(name), values)
        codes = fitting.codes(table, bounds, table.train)
        notes.say(name, bounds.note)
        if not stays.all():
            values, codes = values[stays], None if codes is None else codes[stays]
        columns.append(_column(name, bounds, values, codes, scaling, notes))
    buffers = _buffers(table, places, columns)
    front = Front(table.features, buffers, table.image, vocabulary(table.words))
    return Fitted(front, notes.told(), stays)


def _check_columns(inputs: Inputs, names: list[str]) -> None:
    for column in inputs.columns:
        if column not in names:
            raise InvalidRecipe(
                "An input clamp needs a number column among the features",
                repr(column),
                "Take it out of inputs.columns or add the column to the features",
            )


def _training_columns(table: Table, places: list[int]) -> Iterator[tuple[str, Floats]]:
    """(name, (N_train,) raw values) of some columns: a bounded number of them is gathered at a time."""
    group = max(1, CHUNK_VALUES // max(1, len(table.train)))
    for start in range(0, len(places), group):
        some = places[start : start + group]
        # By column in memory: each is read several times.
        train = np.asfortranarray(table.inputs[np.ix_(table.train, np.array(some))])
        for place, column in zip(some, train.T, strict=True):
            yield table.features[place].name, column.astype(np.float64, copy=False)


def _trimmed(table: Table, inputs: Inputs, places: list[int], notes: Notes) -> NDArray[np.bool_]:
    """(N_train,) training rows that the clamp of some column leaves out."""
    some = [
        place
        for place in places
        if inputs.policy_of(table.features[place].name).fields().get("action") == "trim"
    ]
    gone = np.zeros(len(table.train), dtype=bool)
    for name, values in _training_columns(table, some):
        bounds = fitting.fit(table, inputs.policy_of(name), values)
        beyond = np.logical_or(*bounds.outside(values, fitting.codes(table, bounds, table.train)))
        notes.count(
            name,
            int(beyond.sum()),
            "training row is left out for a value beyond its bounds",
            "training rows are left out for a value beyond its bounds",
        )
        gone |= beyond
    return gone


def _column(
    name: str, bounds: Bounds, values: Floats, codes: Codes, scaling: Normalisation, notes: Notes
) -> _Column:
    """What comes behind the bounds, from the training rows that stay: values (N,), N >= 1."""
    found = _Column(bounds)
    there = np.isfinite(values)
    whole = bool(there.all())
    if bounds.indicators or bounds.action == "missing" or not whole:
        _tell_beyond(name, found, values, codes, notes)
    finite = values if whole else values[there]
    if finite.size == 0:
        notes.say(name, "no finite value in the training rows: taken as 0")
        return found
    found.fill = fitting.fill(bounds, finite, codes if codes is None or whole else codes[there])
    found.least, found.most = float(finite.min()), float(finite.max())
    met = values if whole else np.where(np.isnan(values), found.fill, values)
    met = met if bounds.open else bounds.clamp(met, codes)
    if not whole or bounds.action == "missing":
        met = np.nan_to_num(met, nan=found.fill, posinf=found.most, neginf=found.least)
    found.scaling = scaling.fit(met)
    notes.say(name, found.scaling.note)
    return found


def _tell_beyond(name: str, found: _Column, values: Floats, codes: Codes, notes: Notes) -> None:
    """Counts what is missing, infinite or beyond the bounds, and decides which indicators tell anything."""
    bounds = found.bounds
    low, high = bounds.outside(values, codes)
    infinite = np.isinf(values)
    notes.count(
        name,
        int(np.isnan(values).sum()),
        "missing training value takes the median of the others",
        "missing training values take the median of the others",
    )
    if bounds.action == "missing":
        notes.count(
            name,
            int((low | high).sum()),
            "training value beyond its bounds counts as missing",
            "training values beyond its bounds count as missing",
        )
    elif bounds.action != "trim":
        notes.count(
            name,
            int((infinite & (low | high)).sum()),
            "infinite training value takes the bound",
            "infinite training values take the bound",
        )
    notes.count(
        name,
        int((infinite & ~(low | high)).sum()),
        "infinite training value took the furthest finite one",
        "infinite training values took the furthest finite one",
    )
    if bounds.indicators:
        found.below, found.above = bool(low.any()), bool(high.any())
        without = [side for side, told in (("below", found.below), ("above", found.above)) if not told]
        notes.say(
            name, f"no training value lies {' or '.join(without)}: no indicator of it" if without else ""
        )


def _buffers(table: Table, places: list[int], columns: list[_Column]) -> dict[str, torch.Tensor]:
    """The buffers of a front by name; see there."""
    hots = [
        (place, code) for place, feature in enumerate(table.features) for code in range(len(feature.levels))
    ]
    bounds = [column.bounds for column in columns]
    grouped = [at for at, each in enumerate(bounds) if each.groups]
    deep = max((len(bounds[at].groups) for at in grouped), default=0)
    pairs = [
        [(each.lo, each.hi), *each.groups, *[(each.lo, each.hi)] * (deep - len(each.groups))]
        for each in (bounds[at] for at in grouped)
    ]
    limits = np.array(pairs, dtype=np.float64).reshape(len(grouped), 1 + deep, 2)
    whole: dict[str, list[int]] = {
        "numbers": places,
        "action": [ACTIONS.index(each.action) for each in bounds],
        "below": [at for at, column in enumerate(columns) if column.below],
        "above": [at for at, column in enumerate(columns) if column.above],
        "sources": [place for place, _ in hots],
        "grouped": grouped,
        "by": [fitting.category(table, bounds[at].by) for at in grouped],
    }
    real: dict[str, list[float]] = {
        **{name: [getattr(each, name) for each in bounds] for name in ("lo", "hi", "width")},
        **{name: [getattr(column, name) for column in columns] for name in ("fill", "least", "most")},
        **{name: [getattr(column.scaling, name) for column in columns] for name in ("centre", "scale")},
        "codes": [float(code) for _, code in hots],
    }
    return {
        **{name: torch.tensor(values, dtype=torch.int64) for name, values in whole.items()},
        **{name: torch.tensor(values, dtype=torch.float64) for name, values in real.items()},
        "group_lo": torch.from_numpy(limits[:, :, 0].T.copy()),
        "group_hi": torch.from_numpy(limits[:, :, 1].T.copy()),
    }
