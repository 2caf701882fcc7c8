"""Every policy that fits the data and the model, each as an arm beside the same recipe without any clip."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clipviz.core.clips import FAMILIES, clips, kinds, without
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.sweep import Variant
from clipviz.policies.policy import Trait
from clipviz.runs.check import PACKAGES, check, complete, kind_of_rows
from clipviz.runs.sweeps import titles

SUGGESTED = "Each column as suggested"
OWN = "The recipe's own clips"
TARGET = ("quantile", "tukey", "double_mad")
"""Clamps of the target that are tried, beside the one that the training rows suggest."""


def catalogue(recipe: Recipe, dataset: Dataset, suggested: Mapping[str, Choice]) -> tuple[Variant, ...]:
    """The reference, then arms with one clip each, at its declared defaults, the likely ones of a family first; before
    them the clips that the recipe itself has.

    Input clamps whose bound somebody must say are left out, for nobody has said one; of the activation policies, those
    that keep values from exploding are the clips. suggested: by column, the target too, what its training
    rows suggest. Raises InvalidRecipe where the recipe cannot be trained even without its clips.
    """
    bare = complete(without(recipe, FAMILIES).model_copy(update={"seed": 0}))
    check(bare, dataset)
    reference = titles.without(FAMILIES)
    arms = {bare.id: Variant(name=reference, recipe=bare)}
    own = complete(recipe.model_copy(update={"seed": 0}))
    others = _arms(bare, dataset, suggested)
    for name, other in (*([(OWN, own)] if clips(own) else []), *others):
        try:
            check(other, dataset)
        except InvalidRecipe:
            continue
        arms.setdefault(other.id, Variant(name=name, recipe=other, reference=reference))
    return tuple(arms.values())


def joined(arms: Sequence[Variant]) -> Variant:
    """One arm with the clips of several, which are of different families."""
    recipe = arms[0].recipe
    for other in arms[1:]:
        places = {"target": "target_clamp"}
        own: dict[str, Any] = {
            place: getattr(other.recipe, place)
            for place in (places.get(kind, kind) for kind in kinds(other.recipe))
        }
        recipe = recipe.model_copy(update=own)
    return Variant(
        name=" + ".join(arm.name for arm in arms), recipe=complete(recipe), reference=arms[0].reference
    )


def _arms(bare: Recipe, dataset: Dataset, suggested: Mapping[str, Choice]) -> Iterator[tuple[str, Recipe]]:
    columns = {name: choice for name, choice in suggested.items() if choice.id != "none"}
    target = columns.pop(bare.data.target, None)
    if columns:
        yield SUGGESTED, _with(bare, "inputs", bare.inputs.model_copy(update={"columns": columns}))
    for choice in (*([target] if target else []), *(Choice(id=id) for id in TARGET)):
        yield f"Target: {titles.of_choice('inputs', choice)}", _with(bare, "target_clamp", choice)
    for family in FAMILIES:
        if family == "inputs" and kind_of_rows(bare, dataset) == "text":
            continue
        for id in _likely(family):
            choice = Choice(id=id)
            part: Any = bare.inputs.model_copy(update={"default": choice}) if family == "inputs" else choice
            yield titles.of_choice(family, choice), _with(bare, family, part)


def _with(bare: Recipe, family: str, part: Any) -> Recipe:
    return complete(bare.model_copy(update={family: part}))


def _likely(family: str) -> list[str]:
    """The clips of a family, those that promise most first, then the simplest."""
    known = {
        id: policy
        for id, policy in discover(PACKAGES[family]).items()
        if id != "none" and not policy.teaching and _fits(family, policy.traits)
    }
    return sorted(known, key=lambda id: (-len(known[id].traits), len(known[id].model_fields), id))


def _fits(family: str, traits: frozenset[Trait]) -> bool:
    if family == "inputs":
        return "control" not in traits
    return family == "gradient" or "stability" in traits
