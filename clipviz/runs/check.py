"""Whether a recipe can be trained, as far as that can be said without reading the data; and in full."""

from typing import Any

from clipviz.core.contamination import Contamination
from clipviz.core.dataset import NUMERIC, Dataset
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.datasets import date_features, pixel_features
from clipviz.models.base import WORDS, Takes
from clipviz.policies.fitting import check_target

PACKAGES = {
    "inputs": "clipviz.policies.inputs",
    "normalisation": "clipviz.policies.normalisations",
    "activation": "clipviz.policies.activations",
    "gradient": "clipviz.policies.gradients",
    "model": "clipviz.models",
    "initialisation": "clipviz.training.initialisations",
    "augment": "clipviz.training.augmentations",
    "loss": "clipviz.training.losses",
    "optimiser": "clipviz.training.optimisers",
    "schedule": "clipviz.training.schedules",
}
"""Where the choices of a recipe are discovered, by their place in it."""


def check(recipe: Recipe, dataset: Dataset) -> None:
    """Raise InvalidRecipe for the first choice, field or column that cannot be; imports no torch."""
    if dataset.column(recipe.data.target) is None:
        raise InvalidRecipe(
            "The target must be a column of the dataset", repr(recipe.data.target), _columns(dataset)
        )
    inputs = _inputs(dataset)
    for feature in recipe.data.features or ():
        if feature not in inputs:
            raise InvalidRecipe(
                "The feature must be a column of the dataset", repr(feature), _columns(dataset)
            )
    if recipe.data.features is not None and recipe.data.target in recipe.data.features:
        raise InvalidRecipe(
            "The target may not be one of the features",
            repr(recipe.data.target),
            "Take it out of the features",
        )
    _check_model(recipe, dataset)
    for column in recipe.inputs.columns:
        _check_clamped(column, recipe, dataset)
    if recipe.inputs.channels and (dataset.image is None or dataset.image.channels != 3):
        raise InvalidRecipe(
            "Clamps by channel need images in colour",
            ", ".join(recipe.inputs.channels),
            "Take them out of inputs.channels",
        )
    check_target(recipe.target_clamp)
    _check_target_clamp(recipe, dataset)
    _check_contamination(recipe, dataset)
    _check_augmented(recipe, dataset)
    complete(recipe)
    for choice in (*recipe.inputs.choices(), recipe.target_clamp):
        _check_grouped(choice.fields().get("by"), recipe, dataset)


def complete(recipe: Recipe) -> Recipe:
    """The recipe with every number of its choices spelled out, so that two that mean the same are equal.

    Raises InvalidRecipe for a choice or a field that cannot be.
    """
    document = recipe.model_dump(mode="json")
    inputs = recipe.inputs
    document["inputs"] = {
        "default": _complete("inputs", inputs.default),
        "columns": {name: _complete("inputs", choice) for name, choice in inputs.columns.items()},
        "channels": {name: _complete("inputs", choice) for name, choice in inputs.channels.items()},
        "normalisation": _complete("normalisation", inputs.normalisation),
    }
    document["target_clamp"] = _complete("inputs", recipe.target_clamp)
    for part in ("activation", "gradient", "model", "initialisation", "optimiser", "schedule"):
        document[part] = _complete(part, getattr(recipe, part))
    document["loss"] = None if recipe.loss is None else _complete("loss", recipe.loss)
    document["augment"] = [_complete("augment", choice) for choice in recipe.augment]
    document["clips_at"] = {place: _chain(place, recipe) for place in recipe.clips_at}
    build(PACKAGES["gradient"], recipe.gradient).check_scales(recipe.training.clip_scales)
    return Recipe.parse(document)


def _chain(place: str, recipe: Recipe) -> list[dict[str, Any]]:
    places = build(PACKAGES["model"], recipe.model).places()
    if place not in places:
        raise InvalidRecipe(
            "clips_at names a place of the model", repr(place), f"Its places are: {', '.join(places)}"
        )
    return [_complete("activation", choice) for choice in recipe.clips_at[place]]


def _complete(part: str, choice: Choice) -> dict[str, Any]:
    fields: dict[str, Any] = build(PACKAGES[part], choice).model_dump(mode="json")
    return {"id": choice.id} | fields


def _check_target_clamp(recipe: Recipe, dataset: Dataset) -> None:
    """Classes have no tails; whether a whole number with few values is one, the rows tell later."""
    column = dataset.column(recipe.data.target)
    assert column is not None
    classes = recipe.data.task is None and column.kind not in ("number", "integer")
    if recipe.target_clamp.id != "none" and (classes or recipe.data.task == "classification"):
        raise InvalidRecipe(
            "A target clamp needs a target of numbers",
            f"{recipe.data.target!r}, whose values are classes",
            "Set target_clamp to none, or the task to regression",
        )


def _check_model(recipe: Recipe, dataset: Dataset) -> None:
    """A model is trained on the kind of rows that it takes: numbers, whole images, or a text."""
    model, text = build(PACKAGES["model"], recipe.model), recipe.data.text
    if text is not None:
        column = dataset.column(text.column)
        if column is None:
            raise InvalidRecipe(
                "The text must be a column of the dataset", repr(text.column), _columns(dataset)
            )
        if text.column == recipe.data.target:
            raise InvalidRecipe("The text may not be the target", repr(text.column), "Choose another column")
    given = kind_of_rows(recipe, dataset)
    if given not in model.takes:
        raise InvalidRecipe(
            f"The model {recipe.model.id} takes {' or '.join(WORDS[kind] for kind in model.takes)}",
            WORDS[given],
            "Name a column of prose as data.text" if model.takes == ("text",) else "Pick another model",
        )


def kind_of_rows(recipe: Recipe, dataset: Dataset) -> Takes:
    """What a model must take to be trained on what a recipe reads of a dataset."""
    if recipe.data.text is not None:
        return "text"
    return "images" if dataset.image is not None and recipe.data.features is None else "table"


def _check_augmented(recipe: Recipe, dataset: Dataset) -> None:
    """Augmentations are of whole images whose pixels are in 0..1."""
    if not recipe.augment:
        return
    if dataset.image is None or kind_of_rows(recipe, dataset) != "images":
        raise InvalidRecipe(
            "Augmentations change whole images",
            "rows of numbers" if dataset.image is None else "some of the pixels",
            "Take out what is in augment" + ("" if dataset.image is None else ", or leave data.features out"),
        )
    white = 2.0**dataset.image.bits - 1
    normalisation = recipe.inputs.normalisation
    if normalisation.id != "divide" or normalisation.fields().get("white", 255.0) < white:
        raise InvalidRecipe(
            "Augmentations change pixels in 0..1",
            f"the normalisation {normalisation.id}",
            f"Set inputs.normalisation to divide with white {white:g}, or take out what is in augment",
        )


def _check_clamped(name: str, recipe: Recipe, dataset: Dataset) -> None:
    column, features = dataset.column(name), recipe.data.features
    dates = date_features.source(dataset, name) if column is None else None
    if dates is not None and (features is None or dates.name in features):
        return
    if name not in _inputs(dataset):
        raise InvalidRecipe("An input clamp names a column of the dataset", repr(name), _columns(dataset))
    if name == recipe.data.target:
        raise InvalidRecipe(
            "An input clamp may not be on the target",
            repr(name),
            "Take it out of inputs.columns: metrics are on targets as they are",
        )
    if features is not None and name not in features:
        raise InvalidRecipe(
            "An input clamp must be on one of the features",
            repr(name),
            "Take it out of inputs.columns, or add the column to the features",
        )
    if column is not None and column.kind not in NUMERIC:
        raise InvalidRecipe(
            "An input clamp needs a column of numbers",
            f"{name!r}, a {column.kind} column",
            'Take it out of inputs.columns, or read the column as numbers under "How it was read"',
        )


def _check_contamination(recipe: Recipe, dataset: Dataset) -> None:
    dirt = recipe.data.contamination
    if dirt.where == "none" and dirt != Contamination():
        raise InvalidRecipe(
            "Outliers on purpose need a place",
            "data.contamination.where is none",
            "Set it to training, test or target",
        )
    if dirt.where != "none" and dataset.image is not None:
        raise InvalidRecipe(
            "Outliers on purpose need columns of numbers", "images", "Set data.contamination.where to none"
        )


def _check_grouped(by: str | None, recipe: Recipe, dataset: Dataset) -> None:
    """A group-wise clamp goes by a category that is an input: then it is known of every row there will ever be."""
    if not by:
        return
    column, features = dataset.column(by), recipe.data.features
    if column is None or by not in _inputs(dataset):
        raise InvalidRecipe("A group-wise clamp goes by a column of the dataset", repr(by), _columns(dataset))
    if by == recipe.data.target:
        raise InvalidRecipe(
            "A group-wise clamp may not go by the target", repr(by), "Choose one of the features"
        )
    if column.kind != "category":
        raise InvalidRecipe(
            "A group-wise clamp goes by a category column",
            f"{by!r}, a {column.kind} column",
            'Choose another, or read the column as categories under "How it was read"',
        )
    if features is not None and by not in features:
        raise InvalidRecipe(
            "A group-wise clamp goes by one of the features", repr(by), "Add the column to the features"
        )


def _inputs(dataset: Dataset) -> set[str]:
    """Everything that may be an input: columns, or the pixels of images."""
    if dataset.image is not None:
        return set(pixel_features.names(dataset.image))
    return {column.name for column in dataset.columns}


def _columns(dataset: Dataset) -> str:
    if dataset.image is not None:
        names = pixel_features.names(dataset.image)
        return f"Its target is label, its inputs are {names[0]} to {names[-1]}"
    names = [column.name for column in dataset.columns]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"Its columns are: {', '.join(names[:20])}{more}"
