"""Which families of clips a recipe uses."""

from collections.abc import Sequence
from typing import Any

from clipviz.core.recipe import Choice, Recipe

FAMILIES = ("inputs", "activation", "gradient")
NONE = Choice(id="none")


def clips(recipe: Recipe) -> tuple[str, ...]:
    """The families in which a recipe has a clip; () for none.

    A clamp of the target counts with the inputs, what stands at single places with the activations.
    """
    present = {
        "inputs": any(choice.id != "none" for choice in (*recipe.inputs.choices(), recipe.target_clamp)),
        "activation": recipe.activation.id != "none" or any(map(clipping, recipe.clips_at.values())),
        "gradient": recipe.gradient.id != "none",
    }
    return tuple(family for family in FAMILIES if present[family])


def kinds(recipe: Recipe) -> tuple[str, ...]:
    """The families in which a recipe has a clip; a clamp of the target is told apart, as "target"."""
    inputs = any(choice.id != "none" for choice in recipe.inputs.choices())
    target = recipe.target_clamp.id != "none"
    others = tuple(family for family in clips(recipe) if family != "inputs")
    return (*(["inputs"] if inputs else []), *(["target"] if target else []), *others)


def clipping(chain: Sequence[Choice]) -> bool:
    """Whether anything stands at a place."""
    return any(choice.id != "none" for choice in chain)


def without(recipe: Recipe, families: tuple[str, ...]) -> Recipe:
    """The same recipe without the clips of these families."""
    bare: dict[str, Any] = {family: NONE for family in families if family != "inputs"}
    if "activation" in families:
        bare["clips_at"] = {}
    if "inputs" in families:
        bare["inputs"] = recipe.inputs.model_copy(update={"default": NONE, "columns": {}, "channels": {}})
        bare["target_clamp"] = NONE
    return recipe.model_copy(update=bare)
