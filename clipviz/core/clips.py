"""Which families of clips a recipe uses."""

from typing import Any

from clipviz.core.recipe import Choice, Recipe

FAMILIES = ("inputs", "activation", "gradient")
NONE = Choice(id="none")


def clips(recipe: Recipe) -> tuple[str, ...]:
    """The families in which a recipe has a clip, a clamp of the target counted with the inputs; () for none."""
    present = {
        "inputs": any(choice.id != "none" for choice in (*recipe.inputs.choices(), recipe.target_clamp)),
        "activation": recipe.activation.id != "none",
        "gradient": recipe.gradient.id != "none",
    }
    return tuple(family for family in FAMILIES if present[family])


def without(recipe: Recipe, families: tuple[str, ...]) -> Recipe:
    """The same recipe without the clips of these families."""
    bare: dict[str, Any] = {family: NONE for family in families if family != "inputs"}
    if "inputs" in families:
        bare["inputs"] = recipe.inputs.model_copy(update={"default": NONE, "columns": {}, "channels": {}})
        bare["target_clamp"] = NONE
    return recipe.model_copy(update=bare)
