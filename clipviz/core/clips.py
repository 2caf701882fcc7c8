"""Which families of clips a recipe uses."""

from clipviz.core.recipe import Recipe

FAMILIES = ("inputs", "activation", "gradient")


def clips(recipe: Recipe) -> tuple[str, ...]:
    """The families in which a recipe has a clip; () is training without any."""
    clamps = [recipe.inputs.default, *recipe.inputs.columns.values()]
    present = {
        "inputs": any(choice.id != "none" for choice in clamps),
        "activation": recipe.activation.id != "none",
        "gradient": recipe.gradient.id != "none",
    }
    return tuple(family for family in FAMILIES if present[family])
