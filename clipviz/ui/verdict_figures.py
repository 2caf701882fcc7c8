"""From a verdict and its runs to the data that its figures draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from clipviz.analysis.verdict.doses import Point
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.charts.bands import Curves
from clipviz.charts.cost_gain import Bought
from clipviz.charts.forest import Line
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Sweep
from clipviz.runs.sweeps import titles
from clipviz.ui import state
from clipviz.ui.text import number, plain

FEWEST_CELLS = 3
"""Combinations of three families beyond which they are seen apart: with and without all of them is no interaction."""


def axis(verdict: Verdict) -> str:
    """The title of a difference's axis: what it is of, in which unit, and which side is better."""
    metric = verdict.metric
    side = "left" if metric.better == "lower" else "right"
    unit = f"<br>in {metric.unit}" if metric.unit else ""
    return f"Δ test {metric.title} ({side}: better){unit}"


def lines(verdict: Verdict) -> list[Line]:
    several = len({each.reference for each in verdict.comparisons}) > 1
    return [
        Line(
            name=f"{each.arm} − {each.reference}" if several else each.arm,
            mean=each.mean,
            low=each.low,
            high=each.high,
            relation=each.relation,
            note=f"{number(each.mean)} (95 % CI {number(each.low)} to {number(each.high)}), "
            f"{len(each.seeds)} seeds, Holm p {number(each.p_holm, 3)}",
        )
        for each in verdict.comparisons
    ]


def points(verdict: Verdict) -> list[tuple[str, dict[int, float | None]]]:
    """The arms of which the verdict claims something: those that left early have few seeds, and other ones."""
    left = verdict.screening.left if verdict.screening else frozenset()
    return [(arm.name, dict(arm.metrics)) for arm in verdict.arms if arm.name not in left]


def curves(groups: Sequence[Group], metric: Metric) -> list[Curves]:
    """The metric on validation rows, of all runs that have said it: losses of different arms may differ in unit."""
    ids = [run.id for group in groups for run in group.runs.values()]
    said = state.store().telemetry.histories(ids, "evaluation")
    return [
        Curves(
            group.variant.name,
            [
                (history.steps, np.where(np.isfinite(loss), loss, np.nan))
                for run in group.runs.values()
                if (history := said.get(run.id)) and len(loss := history.column(f"validation/{metric.name}"))
            ],
        )
        for group in groups
    ]


def grid(sweep: Sweep, verdict: Verdict) -> tuple[list[str], list[str], list[list[float | None]]] | None:
    """(values of the first field, of the second, mean metric of each combination), where exactly two vary."""
    if len(sweep.design.vary) != 2 or any(
        each.path.startswith("data.contamination") for each in sweep.design.vary
    ):
        return None
    first, second = sweep.design.vary
    means = {arm.name: arm.mean for arm in verdict.arms}
    table: dict[tuple[str, str], float | None] = {}
    for variant in sweep.variants:
        at = (_text(variant.recipe, first.path), _text(variant.recipe, second.path))
        table[at] = means.get(variant.name)
    rows = list(dict.fromkeys(row for row, _ in table))
    columns = list(dict.fromkeys(column for _, column in table))
    return rows, columns, [[table.get((row, column)) for column in columns] for row in rows]


def interaction(sweep: Sweep, verdict: Verdict) -> dict[tuple[str, str, str], float] | None:
    """Mean metric by input clamp, activation clip and gradient clip; None where not all vary, or only together."""
    means = {arm.name: arm.mean for arm in verdict.arms}
    found = {
        (
            titles.of_choice("inputs", variant.recipe.inputs.default),
            titles.of_choice("activation", variant.recipe.activation),
            titles.of_choice("gradient", variant.recipe.gradient),
        ): mean
        for variant in sweep.variants
        if (mean := means.get(variant.name)) is not None
    }
    varied = [len({key[place] for key in found}) > 1 for place in range(3)]
    return found if all(varied) and len(found) > FEWEST_CELLS else None


def bought(verdict: Verdict) -> list[Bought]:
    """Cost and gain of every arm beside its reference, where both are known."""
    seconds = {arm.name: arm.seconds for arm in verdict.arms}
    own_reference = {arm.name: arm.reference for arm in verdict.arms}
    arms = []
    for each in verdict.comparisons:
        if each.reference != own_reference[each.arm]:
            continue
        own, other = seconds.get(each.arm), seconds.get(each.reference)
        if each.mean is None or not own or not other:
            continue
        sign = -verdict.metric.worse
        ends = [None if end is None else sign * end for end in (each.low, each.high)]
        low, high = sorted(ends) if None not in ends else (None, None)  # type: ignore[type-var]
        arms.append(Bought(each.arm, own / other, sign * each.mean, low, high, each.relation))
    return arms


def _text(recipe: Recipe, path: str) -> str:
    found: Any = recipe.model_dump(mode="json")
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict):
        return ", ".join(str(value) for value in found.values())
    return "–" if found is None else f"{found:g}" if isinstance(found, float) else str(found)


def dose_note(point: Point, percent: bool) -> str:
    """What a point of a contamination curve says when it is asked."""
    dose = f"{point.dose:.3g} of rows" if percent else f"{point.dose:g} sd"
    lost = f", {point.diverged} diverged" if point.diverged else ""
    return plain(
        f"{dose}: {number(point.mean)} ({number(point.low)} to {number(point.high)}), {point.runs} runs{lost}",
        160,
    )
