"""From a verdict and its runs to the data that its figures draw."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from clipviz.analysis.verdict.doses import Point
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.charts.bands import Curves
from clipviz.charts.cell import Cell
from clipviz.charts.cost_gain import Bought
from clipviz.charts.forest import Line
from clipviz.core.clips import FAMILIES, without
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Sweep, Variant
from clipviz.runs.sweeps import titles
from clipviz.ui import state
from clipviz.ui.text import counted, number, plain

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


def grid(sweep: Sweep, verdict: Verdict) -> tuple[list[str], list[str], list[list[Cell | None]], str] | None:
    """(values of the first field, of the second, each combination, what to know), where exactly two vary."""
    if len(sweep.design.vary) != 2 or any(
        each.path.startswith("data.contamination") for each in sweep.design.vary
    ):
        return None
    first, second = sweep.design.vary
    lone = {part for variant in sweep.variants for part in variant.parts}
    found: dict[tuple[str, str], list[Variant]] = {}
    for variant in sorted(sweep.variants, key=lambda each: (not each.reference, each.name in lone)):
        at = (_text(variant.recipe, first.path), _text(variant.recipe, second.path))
        found.setdefault(at, []).append(variant)
    arms, note = compared_alike(verdict, {each[0].name for each in found.values()})
    rows = list(dict.fromkeys(_text(each.recipe, first.path) for each in sweep.variants))
    columns = list(dict.fromkeys(_text(each.recipe, second.path) for each in sweep.variants))
    beside = any(len({bool(each.reference) for each in own}) > 1 for own in found.values())
    note += " Arms with their clips; those without are in the table." if beside else ""
    named = {at: own[0].name for at, own in found.items()}
    return (
        rows,
        columns,
        [[arms.get(named.get((row, column), "")) for column in columns] for row in rows],
        note,
    )


def interaction(sweep: Sweep, verdict: Verdict) -> tuple[dict[tuple[str, str, str], Cell], str] | None:
    """Each input clamp, activation clip and gradient clip, and what to know; None where not all vary by themselves."""
    chosen = next(each for each in sweep.variants if each.name == verdict.chosen)
    bare = without(chosen.recipe, FAMILIES)
    alike = [each for each in sweep.variants if without(each.recipe, FAMILIES) == bare]
    arms, note = compared_alike(verdict, {each.name for each in alike})
    note += (
        "" if len(alike) == len(sweep.variants) else " Other fields vary too: these are as in the chosen arm."
    )
    found = {
        (
            titles.of_choice("inputs", variant.recipe.inputs.default),
            titles.of_choice("activation", variant.recipe.activation),
            titles.of_choice("gradient", variant.recipe.gradient),
        ): cell
        for variant in alike
        if (cell := arms.get(variant.name)) is not None
    }
    varied = [len({key[place] for key in found}) > 1 for place in range(3)]
    return (found, note) if all(varied) and len(found) > FEWEST_CELLS else None


def compared_alike(verdict: Verdict, names: Collection[str]) -> tuple[dict[str, Cell], str]:
    """The arms of these names by the seeds that all of them have, so that none looks better for having luckier ones; by
    their own where they share none. And what to say of it.
    """
    known = {arm.name: arm.metrics for arm in verdict.arms if arm.name in names and arm.metrics}
    common = set.intersection(*(set(values) for values in known.values())) if known else set()
    uneven = any(set(values) != common for values in known.values())
    found = {}
    for name, values in known.items():
        own = [value for seed, value in values.items() if seed in common or not common]
        ended = [value for value in own if value is not None]
        mean = sum(ended) / len(ended) if ended else None
        found[name] = Cell(mean, len(own), len(own) - len(ended))
    said = []
    if uneven:
        most = max(map(len, known.values()))
        said.append(
            f"Means over the {counted(len(common), 'seed')} that all these arms have; some have up to {most}."
            if common
            else "These arms share no seed: each is shown by its own, and luck is among what differs."
        )
    if lost := sum(cell.lost for cell in found.values()):
        said.append(f"✕ Diverged, and not in the means: {counted(lost, 'run')}.")
    return found, " ".join(said)


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
