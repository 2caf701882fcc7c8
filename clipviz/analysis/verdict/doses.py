"""Sweeps whose arms differ in how many outliers were put into their rows: one dose at a time, and all in curves."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from clipviz.analysis.verdict.gather import Group, arms
from clipviz.analysis.verdict.paired import interval
from clipviz.core.contamination import Contamination
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe

PLACES = {
    "none": "no rows",
    "training": "training rows",
    "test": "test rows",
    "target": "training targets",
}


class Point(BaseModel):
    """The metric at one dose: mean over the finite runs, and its 95 % t interval where there are two."""

    model_config = ConfigDict(frozen=True)

    dose: float
    mean: float | None
    low: float | None
    high: float | None
    runs: int
    diverged: int


class Curve(BaseModel):
    """A policy's metric against the dose, the smallest first."""

    model_config = ConfigDict(frozen=True)

    policy: str
    points: list[Point]


class Doses(BaseModel):
    """What the dose is, in words, and one curve a policy."""

    model_config = ConfigDict(frozen=True)

    axis: str
    percent: bool = Field(description="Whether a dose is a share of rows.")
    curves: list[Curve]


def by_dose(groups: Sequence[Group]) -> list[tuple[Contamination, list[Group]]]:
    """Groups that were trained and tested on the same rows, from the cleanest to the dirtiest."""
    found: dict[Contamination, list[Group]] = {}
    for group in groups:
        found.setdefault(group.variant.recipe.data.contamination, []).append(group)
    return sorted(found.items(), key=lambda pair: (pair[0].rate * pair[0].size, pair[0].rate))


def in_words(dirt: Contamination) -> str:
    """A dose: "outliers of 10 sd in 5% of the training rows"; "no outliers"."""
    if dirt.where == "none" or not dirt.rate or not dirt.size:
        return "no outliers"
    return f"outliers of {dirt.size:g} sd in {100 * dirt.rate:.3g} % of the {PLACES[dirt.where]}"


def curves(groups: Sequence[Group], metric: Metric) -> Doses | None:
    """The metric of every policy against rate or size of the outliers; None where neither varies.

    Where both vary, the rate is the dose, and each size has curves of its own.
    """
    found = [group.variant.recipe.data.contamination for group in groups]
    rates, sizes = {each.rate for each in found}, {each.size for each in found}
    if len(rates) < 2 and len(sizes) < 2:
        return None
    by_rate = len(rates) > 1
    policies: dict[tuple[str, float], list[Group]] = {}
    for group in groups:
        dirt = group.variant.recipe.data.contamination
        policies.setdefault((_clean(group.variant.recipe).id, dirt.size if by_rate else 0.0), []).append(
            group
        )
    place = PLACES[found[-1].where]
    axis = (
        f"share of the {place} with an outlier" if by_rate else f"size of the outliers in the {place}, in sd"
    )
    drawn = [
        Curve(
            policy=_name(each),
            points=sorted((_point(group, metric, by_rate) for group in each), key=lambda point: point.dose),
        )
        for each in policies.values()
    ]
    return Doses(axis=axis, percent=by_rate, curves=drawn)


def _clean(recipe: Recipe) -> Recipe:
    data = recipe.data.model_copy(update={"contamination": Contamination()})
    return recipe.model_copy(update={"data": data})


def _name(groups: Sequence[Group]) -> str:
    """What the names of a policy's arms share, so without the dose."""
    first, *others = (group.variant.name.split(" · ") for group in groups)
    return " · ".join(part for part in first if all(part in other for other in others)) or first[0]


def _point(group: Group, metric: Metric, by_rate: bool) -> Point:
    dirt = group.variant.recipe.data.contamination
    [arm] = arms([group], metric)
    values = np.array(list(arm.finite().values()))
    low, high = interval(values) if len(values) > 1 else (None, None)
    return Point(
        dose=dirt.rate if by_rate else dirt.size,
        mean=float(values.mean()) if len(values) else None,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        runs=len(arm.outcomes),
        diverged=sum(each.diverged for each in arm.outcomes.values()),
    )
