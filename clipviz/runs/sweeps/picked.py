"""Runs that people picked, put into arms: those that differ by nothing but their seed are one arm."""

from collections.abc import Mapping, Sequence
from typing import Any

from clipviz.core.clips import clips
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.core.sweep import Variant
from clipviz.runs.check import complete
from clipviz.runs.sweeps import titles


def grouped(runs: Sequence[Run], recipes: Mapping[str, Recipe]) -> list[tuple[Variant, dict[int, Run]]]:
    """Arms with their runs by seed, the reference first: the arm without clips, else the first one.

    recipes: by run. Of several runs with one recipe and seed the newest that finished counts.
    """
    arms: dict[str, dict[int, Run]] = {}
    base: dict[str, Recipe] = {}
    for run in sorted(runs, key=lambda run: (run.state is State.FINISHED, run.created_at)):
        recipe = recipes[run.id]
        bare = complete(recipe.model_copy(update={"seed": 0, "device": "auto"}))
        base[bare.id] = bare
        arms.setdefault(bare.id, {})[recipe.seed] = run
    if not arms:
        return []
    order = sorted(base, key=lambda id: len(clips(base[id])))
    names = _names([base[id] for id in order])
    return [
        (Variant(name=name, recipe=base[id], reference="" if place == 0 else names[0]), arms[id])
        for place, (id, name) in enumerate(zip(order, names, strict=True))
    ]


def _names(recipes: Sequence[Recipe]) -> list[str]:
    """What differs between recipes, in words; their clips by themselves where nothing else does."""
    named = [titles.of_clips(recipe) for recipe in recipes]
    if len(set(named)) == len(named):
        return named
    flat = [_flat(recipe.model_dump(mode="json")) for recipe in recipes]
    paths = list(dict.fromkeys(path for fields in flat for path in fields))
    differing = [path for path in paths if len({str(fields.get(path)) for fields in flat}) > 1]
    return [
        " · ".join(titles.of_value(recipe, path, fields[path]) for path in differing if path in fields)
        or titles.of_clips(recipe)
        for recipe, fields in zip(recipes, flat, strict=True)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for name, part in value.items():
        found |= _flat(part, f"{path}.{name}" if path else name)
    return found
