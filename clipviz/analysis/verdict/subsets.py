"""On which rows an arm and its reference differ: those that a clamp touches and the others, or groups of rows."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clipviz.analysis import clamping
from clipviz.analysis.verdict.arm import Record
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.paired import paired
from clipviz.core.errors import TrainingFailed
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.core.table import Table

CHUNK = 4096
MOST_LEVELS = 20
Said = Mapping[str, NDArray[np.float64]]
"""By run: what its network says of the test rows, (N,) in the target's unit or (N, C) log probabilities."""


class Subset(Record):
    """An arm against its reference on some test rows, over the seeds that both have."""

    arm: str
    reference: str
    rows_of: str = Field(description="Which rows these are.")
    rows: int
    seeds: int
    reference_mean: float | None
    arm_mean: float | None
    difference: float | None = Field(description="Arm minus reference, in the metric's own unit.")
    low: float | None = Field(description="Of its 95 % t interval.")
    high: float | None


def said(
    settings: Settings, groups: Sequence[Group], table_of: Callable[[Recipe], Table]
) -> dict[str, NDArray[np.float64]]:
    """What every finished run's network, as it was saved, says of the raw test rows; runs without one are left out.

    table_of: the rows as a recipe reads them.
    """
    import torch

    from clipviz.training.ending import MODEL
    from clipviz.training.network import load

    found = {}
    finished = [
        (group.variant.recipe, run)
        for group in groups
        for run in group.runs.values()
        if run.state is State.FINISHED
    ]
    for recipe, run in finished:
        try:
            network = load(settings.runs / run.id / MODEL)
        except TrainingFailed:
            continue
        table = table_of(recipe)
        with torch.no_grad():
            parts = [
                network(torch.from_numpy(np.asarray(table.inputs[some], dtype=np.float64)))
                for some in np.array_split(table.test, max(1, -(-len(table.test) // CHUNK)))
            ]
            whole = torch.cat(parts)
        whole = torch.log_softmax(whole, dim=1) if table.task == "classification" else whole
        found[run.id] = whole.numpy()
    return found


def clipped(table: Table, recipe: Recipe) -> dict[str, NDArray[np.bool_]]:
    """The test rows with some input beyond the bounds of this recipe's clamps, and the others; (N,) each."""
    touched = clamping.touched(table, recipe.inputs, table.test)
    return {"rows beyond the bounds": touched, "other rows": ~touched}


def levels(table: Table, column: str) -> dict[str, NDArray[np.bool_]]:
    """The test rows by level of a category, the commonest levels of the training rows; (N,) each."""
    place = next(at for at, feature in enumerate(table.features) if feature.name == column)
    codes = table.inputs[table.test, place]
    known = table.features[place].levels[:MOST_LEVELS]
    found = {name: codes == code for code, name in enumerate(known)}
    return {**found, "any other": (codes < 0) | (codes >= len(known))}


def compare(
    groups: Sequence[Group],
    arm: str,
    rows: Mapping[str, NDArray[np.bool_]],
    metric: Metric,
    table: Table,
    said: Said,
) -> list[Subset]:
    """One arm against its reference on each subset of the test rows that has any."""
    by_name = {group.variant.name: group for group in groups}
    here = by_name[arm]
    there = by_name[here.variant.reference]
    pairs = [
        (here.runs[seed].id, there.runs[seed].id)
        for seed in sorted(set(here.runs) & set(there.runs))
        if here.runs[seed].id in said and there.runs[seed].id in said
    ]
    found = []
    for name, mask in rows.items():
        if not mask.any():
            continue
        values = np.array([[_value(said[id], mask, metric, table) for id in pair] for pair in pairs]).reshape(
            -1, 2
        )
        values = values[np.isfinite(values).all(axis=1)]
        both = paired(values[:, 0], values[:, 1])
        found.append(
            Subset(
                arm=arm,
                reference=there.variant.name,
                rows_of=name,
                rows=int(mask.sum()),
                seeds=len(values),
                arm_mean=float(values[:, 0].mean()) if len(values) else None,
                reference_mean=float(values[:, 1].mean()) if len(values) else None,
                difference=_known(both.mean),
                low=_known(both.low),
                high=_known(both.high),
            )
        )
    return found


def _value(whole: NDArray[np.float64], mask: NDArray[np.bool_], metric: Metric, table: Table) -> float:
    from clipviz.training import evaluation

    truth = table.target[table.test][mask]
    if table.task == "regression":
        value = evaluation.regression(whole[mask], truth)[metric.name]
    else:
        value = evaluation.classification(whole[mask], truth)[metric.name]
    return float("nan") if value is None else value


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
