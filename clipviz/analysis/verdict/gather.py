"""From runs in the store to the arms of a verdict."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from clipviz.analysis import clamping
from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.core.clips import clips, without
from clipviz.core.discovery import discover
from clipviz.core.judging import judged_on, reads
from clipviz.core.metric import METRICS, Metric
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import Result, Run, State, undefined
from clipviz.core.sweep import Sweep, Variant
from clipviz.core.table import Table
from clipviz.policies.activations.base import Symmetric
from clipviz.store.telemetry import History
from clipviz.training.target_clamp import clamped

Touched = Callable[[Recipe], float | None]
"""The share of rows that a recipe's clamps of inputs or target change; None where the rows cannot be had."""


@dataclass(frozen=True)
class Group:
    """A variant and its runs by seed."""

    variant: Variant
    runs: Mapping[int, Run]


def of_sweep(sweep: Sweep, runs: Iterable[Run]) -> list[Group]:
    """The runs of a sweep by variant and seed, in the order of its plan; of one that chooses as it goes, the variants
    that it has trained or trains."""
    found: dict[str, dict[int, Run]] = {variant.name: {} for variant in sweep.variants}
    for run in runs:
        if run.arm in found and run.seed is not None:
            there = found[run.arm].get(run.seed)
            found[run.arm][run.seed] = there if there is not None and _counts(there) else run
    return [
        Group(variant, found[variant.name])
        for variant in sweep.variants
        if found[variant.name] or not sweep.rounds
    ]


def metrics(groups: Sequence[Group], planned: str | None = None) -> list[Metric]:
    """The metrics that their results hold, the planned one first, else the usual one; empty before any has ended."""
    held = {
        name
        for group in groups
        for run in group.runs.values()
        if run.result
        for name in run.result["metrics"]
    }
    return sorted(
        (metric for name, metric in METRICS.items() if name in held), key=lambda each: each.name != planned
    )


def arms(
    groups: Sequence[Group],
    metric: Metric,
    touched: Touched = lambda recipe: None,
    saturated: Mapping[str, float] | None = None,
) -> list[Arm]:
    """One arm a group. Runs that finished count, and runs that diverged; what was stopped, crashed or still
    trains is left out. saturated: by run, the share of values that its activation clips hold back.
    """
    recipes = {group.variant.name: group.variant.recipe for group in groups}
    return [
        _arm(group, metric, touched, saturated or {}, recipes.get(group.variant.reference))
        for group in groups
    ]


def rows_touched(table: Table, recipe: Recipe) -> float:
    """The share of all rows, test rows included, that a recipe's input clamps change, or the clamp of its target."""
    parts = (table.train, table.validation, table.test)
    touched = [clamping.touched(table, recipe.inputs, part) for part in parts]
    goals = clamped(table, recipe.target_clamp)
    touched[0] |= goals.leaving | (goals.values != table.target[table.train])
    return float(np.mean(np.concatenate(touched))) if any(map(len, parts)) else 0.0


def saturation(histories: Mapping[str, History]) -> dict[str, float]:
    """By run: the mean of every saturated share in its last flush; runs that measured none are left out."""
    shares = {}
    for id, history in histories.items():
        columns = [history.column(name) for name in history.names if name.startswith("saturated/")]
        known = np.concatenate(columns) if columns else np.zeros(0)
        if np.isfinite(known).any():
            shares[id] = float(np.nanmean(known))
    return shares


def _arm(
    group: Group, metric: Metric, touched: Touched, saturated: Mapping[str, float], reference: Recipe | None
) -> Arm:
    recipe = group.variant.recipe
    families = clips(recipe)
    share = touched(recipe) if "inputs" in families else None
    outcomes = {
        seed: _outcome(run, metric, families, share, saturated.get(run.id))
        for seed, run in sorted(group.runs.items())
        if _counts(run)
    }
    return Arm(
        name=group.variant.name,
        outcomes=outcomes,
        clips=families,
        reference=group.variant.reference,
        added=() if reference is None else _added(recipe, reference),
        parts=group.variant.parts,
        rows=judged_on(recipe),
        reads=reads(recipe),
        scale_free=_scale_free(recipe),
        exact=all(map(_exact, (recipe.activation, *chain.from_iterable(recipe.clips_at.values())))),
    )


def _counts(run: Run) -> bool:
    return run.state is State.FINISHED or run.diverged


def _added(recipe: Recipe, reference: Recipe) -> tuple[str, ...]:
    """The families in which a recipe has clips and its reference has none, where it is the same recipe otherwise."""
    families = tuple(family for family in clips(recipe) if family not in clips(reference))
    return families if without(recipe, families) == without(reference, families) else ()


def _outcome(
    run: Run, metric: Metric, families: tuple[str, ...], touched: float | None, saturated: float | None
) -> Outcome:
    if run.result is None:
        return Outcome(diverged=True)
    result = Result.model_validate(run.result)
    shares = {"inputs": touched, "activation": saturated, "gradient": result.clipped_share}
    value, nowhere = result.metrics.get(metric.name), undefined(run.result, metric.name)
    return Outcome(
        metric=value,
        validation=result.validation.get(metric.name),
        constant=result.baseline.get(metric.name),
        diverged=value is None and not nowhere,
        undefined=nowhere,
        fired={family: share for family in families if (share := shares[family]) is not None},
        seconds=result.seconds,
        numbers=(*result.metrics.values(), *result.validation.values()),
    )


def _exact(choice: Choice) -> bool:
    """Whether an activation clip that holds no value back changes none: it neither bends nor rounds what is inside."""
    policy = discover("clipviz.policies.activations").get(choice.id)
    return choice.id == "none" or (
        policy is not None and issubclass(policy, Symmetric) and policy.idempotent and not policy.surrogate
    )


def _scale_free(recipe: Recipe) -> bool:
    """Whether the optimiser divides by the gradient's own size: such ones have an epsilon to divide by."""
    chosen = discover("clipviz.training.optimisers").get(recipe.optimiser.id)
    return chosen is not None and "epsilon" in chosen.model_fields
