"""What people read for a choice and for a field of it, from their own declarations."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from clipviz.core.clips import FAMILIES, clipping
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.runs.check import PACKAGES

PLACES = {
    "inputs.default": "Input clamp",
    "inputs.normalisation": "Normalisation",
    "target_clamp": "Clamp of the target",
    "activation": "Activation clip",
    "gradient": "Gradient clip",
    "data.contamination": "Outliers on purpose",
    "data.text": "Text",
    "": "",
}
"""Parts of a recipe whose title is not their name."""


def of_choice(part: str, choice: Choice) -> str:
    """A choice with the numbers that differ from its defaults: "Global norm, largest norm 0.5"."""
    known = discover(PACKAGES[part])
    if choice.id not in known:
        return choice.id
    declared = known[choice.id].model_fields
    own = [
        of_field((declared[name].title or name).lower(), value)
        for name, value in choice.fields().items()
        if name in declared and _plain(value) != _plain(declared[name].default)
    ]
    return ", ".join([_title(known[choice.id], choice.id), *own])


def of_field(title: str, value: Any) -> str:
    """A field that is not at its default: "largest norm 0.5", "residual", "no bias", "widths 64, 64"."""
    if isinstance(value, bool):
        return title if value else f"no {title}"
    return f"{title} {_short(value)}"


def of_value(recipe: Recipe, path: str, value: Any) -> str:
    """A varied field and its value: "largest norm 0.5", "Global norm", "learning rate 0.01"."""
    part, _, last = path.rpartition(".")
    if isinstance(value, dict) and "id" in value:
        return of_choice(_part(path), Choice.model_validate(value))
    family = _part(path)
    if last == "id":
        known = discover(PACKAGES[family]) if family in PACKAGES else {}
        words = _title(known[value], value) if value in known else str(value)
        return f"no {_noun(family)}" if value == "none" and family in FAMILIES else words
    declared = fields_of(recipe, part)
    title = declared[last].title if last in declared else None
    if path == "data.features" and value is None:
        return "all columns"
    return f"{(title or last).lower()} {_short(value)}"


def of_path(recipe: Recipe, path: str) -> str:
    """A field by the titles of its part and its own: "Gradient clip: largest norm", "Optimiser"."""
    part, _, last = path.rpartition(".")
    place = path if path in PLACES else part
    own = PLACES.get(place) or _place(place)
    if last == "id" or place == path:
        return own
    declared = fields_of(recipe, part)
    title = (declared[last].title if last in declared else None) or last.replace("_", " ")
    return f"{own}: {title[:1].lower()}{title[1:]}" if own else f"{title[:1].upper()}{title[1:]}"


def _place(place: str) -> str:
    """What stands at a path that the recipe's own words make: of one column, at one layer."""
    for above, title in (
        ("inputs.columns.", "Input clamp of"),
        ("inputs.channels.", "Input clamp of"),
        ("clips_at.", "Clips at"),
    ):
        if place.startswith(above):
            return f"{title} {place.removeprefix(above)}"
    return " ".join(place.replace("_", " ").split(".")).capitalize()


def own_clamps(recipe: Recipe) -> list[Choice]:
    """The clamps that single columns or channels have of their own."""
    chosen = [*recipe.inputs.columns.values(), *recipe.inputs.channels.values()]
    return [choice for choice in chosen if choice.id != "none"]


def of_clips(recipe: Recipe) -> str:
    """All clips of a recipe in one line: "Tukey fences + Tanh, learned + Global norm"."""
    own = Counter(of_choice("inputs", choice) for choice in own_clamps(recipe))
    named = [
        *([of_choice("inputs", recipe.inputs.default)] if recipe.inputs.default.id != "none" else []),
        *(f"{title} on {count} {'column' if count == 1 else 'columns'}" for title, count in own.items()),
        *(
            [f"target: {of_choice('inputs', recipe.target_clamp)}"]
            if recipe.target_clamp.id != "none"
            else []
        ),
        *(
            of_choice(part, choice)
            for part, choice in (("activation", recipe.activation), ("gradient", recipe.gradient))
            if choice.id != "none"
        ),
        *(f"{place}: {of_chain(chain)}" for place, chain in recipe.clips_at.items() if clipping(chain)),
    ]
    return " + ".join(named) or "no clip"


def of_chain(chain: Sequence[Choice]) -> str:
    """What stands at one place, one after the other: "Fixed, threshold 0.8"."""
    return ", then ".join(of_choice("activation", choice) for choice in chain if choice.id != "none")


def without(families: tuple[str, ...]) -> str:
    """The name of an arm that lacks these families' clips."""
    return "no clip" if len(families) == len(FAMILIES) else f"no {' or '.join(map(_noun, families))}"


def fields_of(recipe: Recipe, place: str) -> dict[str, Any]:
    """The declared fields of the choice at a dotted path; empty where there is none."""
    found: Any = recipe
    for name in filter(None, place.split(".")):
        found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
    if isinstance(found, Choice):
        cls = discover(PACKAGES[_part(place)]).get(found.id)
        return dict(cls.model_fields) if cls else {}
    return dict(type(found).model_fields) if hasattr(type(found), "model_fields") else {}


def _part(path: str) -> str:
    """The part of a recipe, as `PACKAGES` calls it, whose choice stands at a path or above it."""
    if path.startswith("inputs.normalisation"):
        return "normalisation"
    first = path.split(".", 1)[0]
    return "inputs" if first == "target_clamp" else first


def _noun(family: str) -> str:
    return {"inputs": "input clamp", "activation": "activation clip", "gradient": "gradient clip"}[family]


def _title(cls: type[Any], id: str) -> str:
    return str(getattr(cls, "title", id))


def _plain(value: Any) -> Any:
    """A value as a document has it: lists for tuples."""
    return list(value) if isinstance(value, tuple) else value


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_short, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
