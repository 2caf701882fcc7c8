"""Whether a recipe can be trained, as far as that can be said without reading the data."""

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe

PACKAGES = {
    "inputs": "clipviz.policies.inputs",
    "activation": "clipviz.policies.activations",
    "gradient": "clipviz.policies.gradients",
    "model": "clipviz.models",
    "optimiser": "clipviz.training.optimisers",
}
"""Where the choices of a recipe are discovered, by their place in it."""


def check(recipe: Recipe, dataset: Dataset) -> None:
    """Raise InvalidRecipe for the first choice, field or column that cannot be; imports no torch."""
    for name, known in (
        ("target", recipe.data.target),
        *(("feature", f) for f in recipe.data.features or ()),
    ):
        if dataset.column(known) is None:
            raise InvalidRecipe(f"The {name} must be a column of the dataset", repr(known), _columns(dataset))
    if recipe.data.features is not None and recipe.data.target in recipe.data.features:
        raise InvalidRecipe(
            "The target may not be one of the features",
            repr(recipe.data.target),
            "Take it out of the features",
        )
    for column in recipe.inputs.columns:
        if dataset.column(column) is None:
            raise InvalidRecipe(
                "An input clamp names a column of the dataset", repr(column), _columns(dataset)
            )
    for choice in (recipe.inputs.default, *recipe.inputs.columns.values()):
        build(PACKAGES["inputs"], choice)
    for part in ("activation", "gradient", "model", "optimiser"):
        build(PACKAGES[part], getattr(recipe, part))


def _columns(dataset: Dataset) -> str:
    names = [column.name for column in dataset.columns]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"Its columns are: {', '.join(names[:20])}{more}"
