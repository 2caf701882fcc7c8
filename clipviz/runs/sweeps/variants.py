"""From a design to its arms: every combination, each with the arm that is the same without its clips."""

import itertools
import math
import random
from collections.abc import Iterator
from typing import Any

from clipviz.core.clips import FAMILIES, clips, without
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Design, Variant
from clipviz.runs.check import complete
from clipviz.runs.sweeps import titles

MOST = 1000


def variants(design: Design) -> tuple[Variant, ...]:
    """The arms, references first, each once, however many combinations lead to it.

    An arm without clips lacks those of the families that vary; of all three where none of them does. A number
    that varies is left out of combinations whose choice has no such field. Raises InvalidRecipe.
    """
    families = _families(design)
    arms: dict[str, tuple[str, Recipe]] = {}
    used: set[str] = set()
    for values in _combinations(design):
        recipe, applied = _apply(design.recipe, values)
        used |= applied.keys()
        recipe = complete(recipe)
        arms.setdefault(recipe.id, (_name(recipe, applied), recipe))
    lost = [each.path for each in design.vary if each.path not in used]
    if lost:
        design.recipe.replace(lost[0], None)  # says which field is meant
        raise InvalidRecipe("No combination has this field", repr(lost[0]), "Choose a policy that has it")
    return _with_references(arms, families, design)


def _with_references(
    arms: dict[str, tuple[str, Recipe]], families: tuple[str, ...], design: Design
) -> tuple[Variant, ...]:
    if not design.without_clip or not any(_clipped(recipe, families) for _, recipe in arms.values()):
        return _against_the_first(arms)
    references: dict[str, Variant] = {}
    compared: list[Variant] = []
    lone: dict[str, Variant] = {}
    for id, (name, recipe) in arms.items():
        bare = complete(without(recipe, families))
        if bare.id not in references:
            named = _named(titles.without(families), bare, families, design)
            references[bare.id] = Variant(name=named, recipe=bare)
        if bare.id != id:
            against = references[bare.id].name
            parts = _parts(recipe, families, design, against) if design.families_alone else {}
            known = {each: arms[each][0] if each in arms else part.name for each, part in parts.items()}
            lone |= {each: part for each, part in parts.items() if each not in arms}
            compared.append(Variant(name=name, recipe=recipe, reference=against, parts=tuple(known.values())))
    return _named_apart((*references.values(), *compared, *lone.values()))


def _parts(recipe: Recipe, families: tuple[str, ...], design: Design, reference: str) -> dict[str, Variant]:
    """By the recipe's id, an arm for each of its families of clips alone; none where it has a single one."""
    own = [family for family in clips(recipe) if family in families]
    parts: dict[str, Variant] = {}
    for family in own if len(own) > 1 else ():
        part = complete(without(recipe, tuple(other for other in own if other != family)))
        clip = titles.of_clips(without(part, tuple(other for other in FAMILIES if other != family)))
        name = _named(f"only {clip}", part, families, design)
        parts[part.id] = Variant(name=name, recipe=part, reference=reference)
    return parts


def _against_the_first(arms: dict[str, tuple[str, Recipe]]) -> tuple[Variant, ...]:
    """Without an arm that lacks the clips, the first arm is what the others are compared with."""
    names = [name for name, _ in arms.values()]
    return _named_apart(
        tuple(
            Variant(name=name, recipe=recipe, reference="" if place == 0 else names[0])
            for place, (name, recipe) in enumerate(arms.values())
        )
    )


def _combinations(design: Design) -> Iterator[dict[str, Any]]:
    if design.apart:
        yield from _one_at_a_time(design)
        return
    lengths = [len(each.values) for each in design.vary]
    count = math.prod(lengths)
    if design.samples is None and count > MOST:
        raise InvalidRecipe(
            f"A sweep trains at most {MOST:,} combinations", f"{count:,}", "Vary less, or draw some at random"
        )
    places: Any = itertools.product(*(range(length) for length in lengths))
    if design.samples is not None and design.samples < count:
        drawn = sorted(random.Random(design.draw).sample(range(count), min(design.samples, MOST)))
        places = (_unravel(number, lengths) for number in drawn)
    for place in places:
        yield {each.path: each.values[at] for each, at in zip(design.vary, place, strict=True)}


def _one_at_a_time(design: Design) -> Iterator[dict[str, Any]]:
    """The recipe as it is, then each value by itself; those drawn, where a number is said."""
    alone = [{each.path: value} for each in design.vary for value in each.values]
    if design.samples is not None and design.samples < len(alone):
        places = sorted(random.Random(design.draw).sample(range(len(alone)), design.samples))
        alone = [alone[place] for place in places]
    yield from ({}, *alone)


def _unravel(number: int, lengths: list[int]) -> tuple[int, ...]:
    place = []
    for length in reversed(lengths):
        number, at = divmod(number, length)
        place.append(at)
    return tuple(reversed(place))


def _apply(recipe: Recipe, values: dict[str, Any]) -> tuple[Recipe, dict[str, Any]]:
    """The recipe with these values, choices before their numbers; and which values found a field."""
    applied: dict[str, Any] = {}
    choices = {path for path in values if path.endswith(".id")}
    for path in sorted(values, key=lambda path: (path not in choices, path.count("."))):
        parent, _, last = path.rpartition(".")
        if f"{parent}.id" in choices and path not in choices and last not in titles.fields_of(recipe, parent):
            continue
        recipe = recipe.replace(path, values[path])
        applied[path] = values[path]
    return recipe, {path: applied[path] for path in values if path in applied}


def _name(recipe: Recipe, applied: dict[str, Any]) -> str:
    said = [titles.of_value(recipe, path, value) for path, value in applied.items()]
    if all(path.startswith("data.") for path in applied):
        said.insert(0, titles.of_clips(recipe))
    return " · ".join(said)


def _named(head: str, bare: Recipe, families: tuple[str, ...], design: Design) -> str:
    """What the clips leave of the name: "no clip · learning rate 0.01"."""
    own = {*families} | ({"target_clamp"} if "inputs" in families else set())
    own |= {"clips_at"} if "activation" in families else set()
    others = [each for each in design.vary if each.path.split(".")[0] not in own]
    document = bare.model_dump(mode="json")
    rest = [
        titles.of_value(bare, each.path, value)
        for each in others
        if (value := _at(document, each.path)) is not None or each.path == "data.features"
    ]
    return " · ".join([head, *rest])


def _at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _named_apart(found: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Names that are alike told apart by their place; seldom needed, but arms are known by their names."""
    seen: dict[str, int] = {}
    apart = []
    for variant in found:
        seen[variant.name] = seen.get(variant.name, 0) + 1
        count = seen[variant.name]
        apart.append(
            variant if count == 1 else variant.model_copy(update={"name": f"{variant.name} ({count})"})
        )
    return tuple(apart)


def _families(design: Design) -> tuple[str, ...]:
    """The families of clips that vary; all three where none does."""
    varied = {each.path.split(".")[0] for each in design.vary}
    varied |= {"inputs"} if "target_clamp" in varied else set()
    varied |= {"activation"} if "clips_at" in varied else set()
    return tuple(family for family in FAMILIES if family in varied) or FAMILIES


def _clipped(recipe: Recipe, families: tuple[str, ...]) -> bool:
    return any(family in families for family in clips(recipe))
