import subprocess
import sys
from typing import Any

import pytest

from clipviz.core.dataset import Column, Dataset, ImageShape
from clipviz.core.discovery import discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.datasets.pixel_features import names
from clipviz.runs.check import PACKAGES, check, complete
from clipviz.runs.defaults import starting
from clipviz.store import Store


def test_the_default_recipe_passes(store: Store, recipe: Recipe) -> None:
    check(recipe, store.datasets.get(recipe.data.dataset))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "data.target",
            "z",
            "The target must be a column of the dataset; received 'z'. Its columns are: x, y, word.",
        ),
        ("data.features", ["x", "q"], "The feature must be a column of the dataset; received 'q'"),
        ("data.features", ["y"], "The target may not be one of the features; received 'y'. Take it out"),
        (
            "inputs.columns",
            {"q": {"id": "sigma"}},
            "An input clamp names a column of the dataset; received 'q'",
        ),
        (
            "inputs.columns",
            {"y": {"id": "sigma"}},
            "An input clamp may not be on the target; received 'y'. Take it out of inputs.columns",
        ),
        (
            "inputs.columns",
            {"word": {"id": "sigma"}},
            "An input clamp needs a column of numbers; received 'word', a category column. Take it out",
        ),
        ("inputs.columns", {"x": {"id": "zigma"}}, "inputs must be one of .*sigma.*; received 'zigma'"),
        ("inputs.default.id", "zigma", "inputs must be one of"),
        (
            "gradient",
            {"id": "global_norm", "max_norm": -1},
            "gradients global_norm: max_norm: .* received -1",
        ),
        ("activation.id", "relu7", "activations must be one of"),
        ("model", {"id": "mlp", "depth": 3}, "models mlp: depth: extra inputs are not permitted; received 3"),
        (
            "clips_at",
            {"layer 7": [{"id": "fixed"}]},
            "clips_at names a place of the model; received 'layer 7'. Its places are: input, layer 1, layer 2, output",
        ),
        ("clips_at", {"output": [{"id": "fixed", "theta": -1}]}, "activations fixed: theta: .* received -1"),
        ("inputs.default", {"id": "mad", "by": "z"}, "goes by a column of the dataset; received 'z'"),
        ("inputs.default", {"id": "mad", "by": "y"}, "may not go by the target; received 'y'"),
        (
            "inputs.default",
            {"id": "mad", "by": "x"},
            "goes by a category column; received 'x', a number column",
        ),
        ("target_clamp", {"id": "mad", "by": "z"}, "goes by a column of the dataset; received 'z'"),
        ("target_clamp", {"id": "mad", "action": "missing"}, "target clamp may clamp, clamp softly or trim"),
        ("target_clamp.id", "madd", "inputs must be one of"),
        (
            "inputs.channels",
            {"red": {"id": "pixel_range"}},
            "Clamps by channel need images in colour; received red",
        ),
        ("inputs.normalisation.id", "log", "normalisations must be one of .*z_score; received 'log'"),
        ("schedule", {"id": "cosine", "final": 2}, "schedules cosine: final: .* received 2"),
        ("loss.id", "hinge", "losses must be one of cross_entropy, .*; received 'hinge'"),
        ("initialisation.id", "zeros", "initialisations must be one of .* received 'zeros'"),
        ("augment", [{"id": "flip"}], "Augmentations change whole images; received rows of numbers"),
        (
            "data.contamination.rate",
            0.2,
            "Outliers on purpose need a place; received data.contamination.where is none",
        ),
        ("data.contamination.size", -1, "data.contamination.size: .* received -1"),
        ("optimiser.id", "lion", "optimisers must be one of adagrad, .*, sgd; received 'lion'"),
    ],
)
def test_what_cannot_be_is_told(store: Store, recipe: Recipe, path: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        check(recipe.replace(path, value), wordy(store, recipe))


def test_classes_take_no_target_clamp(store: Store, recipe: Recipe) -> None:
    clamped = recipe.replace("target_clamp.id", "tukey")
    check(clamped, wordy(store, recipe))
    for path, value in (("data.target", "word"), ("data.task", "classification")):
        with pytest.raises(InvalidRecipe, match=r"needs a target of numbers; received .*classes"):
            check(clamped.replace(path, value), wordy(store, recipe))


def wordy(store: Store, recipe: Recipe) -> Dataset:
    """The dataset of the recipe with a column of words."""
    known = store.datasets.get(recipe.data.dataset)
    return known.model_copy(update={"columns": (*known.columns, Column(name="word", kind="category"))})


def test_a_clamp_on_a_column_that_is_left_out_is_told(store: Store, recipe: Recipe) -> None:
    given = recipe.replace("data.features", ["word"]).replace("inputs.columns", {"x": {"id": "sigma"}})
    with pytest.raises(InvalidRecipe, match=r"must be on one of the features.*'x'.*or add the column"):
        check(given, wordy(store, recipe))


def test_a_complete_recipe_spells_out_every_number(recipe: Recipe) -> None:
    given = recipe.replace("inputs.columns", {"x": {"id": "sigma", "k": 2}}).replace(
        "inputs.default.id", "mad"
    )
    full = complete(given)
    assert complete(full) == full == Recipe.parse(full.canonical())
    sigma, mad = (discover(PACKAGES["inputs"])[id] for id in ("sigma", "mad"))
    assert full.inputs.columns["x"].fields() == sigma(k=2).model_dump()
    assert full.inputs.default.fields() == mad().model_dump()
    assert full.inputs.normalisation.id == "z_score" and full.target_clamp.id == "none"
    there = complete(given.replace("clips_at.output", [{"id": "soft_cap"}]))
    assert there.clips_at["output"][0].fields() == {"cap": 30.0}
    for part in ("activation", "gradient", "model", "optimiser"):
        choice = getattr(full, part)
        assert set(choice.fields()) == set(discover(PACKAGES[part])[choice.id].model_fields)
    assert (full.data, full.split, full.training) == (given.data, given.split, given.training)


def test_the_web_process_submits_without_torch() -> None:
    program = (
        "import sys, clipviz.runs.submit; from clipviz.runs.check import PACKAGES;"
        "from clipviz.core.discovery import discover;"
        "[discover(package) for package in PACKAGES.values()]; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_group_that_is_an_input_passes(store: Store, recipe: Recipe) -> None:
    given = recipe.replace("inputs.default", {"id": "tukey", "by": "word"})
    check(given, wordy(store, recipe))
    with pytest.raises(InvalidRecipe, match="goes by one of the features; received 'word'"):
        check(given.replace("data.features", ["x"]), wordy(store, recipe))


def test_augmentations_need_whole_images_divided_by_their_white(store: Store, recipe: Recipe) -> None:
    label = Column(name="label", kind="category")
    known = store.datasets.get(recipe.data.dataset)
    images = known.model_copy(
        update={"image": ImageShape(height=4, width=4, channels=1), "columns": (label,), "target": "label"}
    )
    made = starting(images, "label", {}).replace("augment", [{"id": "flip"}])
    check(made, images)
    with pytest.raises(
        InvalidRecipe, match=r"pixels in 0\.\.1; received the normalisation z_score.*white 255"
    ):
        check(made.replace("inputs.normalisation.id", "z_score"), images)
    with pytest.raises(InvalidRecipe, match=r"pixels in 0\.\.1; received the normalisation divide"):
        check(made.replace("inputs.normalisation.white", 2.0), images)
    with pytest.raises(InvalidRecipe, match="whole images; received some of the pixels"):
        check(
            made.replace("data.features", [names(ImageShape(height=4, width=4, channels=1))[0]]).replace(
                "model.id", "mlp"
            ),
            images,
        )


def test_what_is_chosen_is_spelled_out(recipe: Recipe) -> None:
    made = recipe.replace("loss.id", "huber").replace("augment", [{"id": "crop"}])
    said = complete(made.replace("schedule.id", "cosine"))
    assert said.loss is not None and said.loss.fields() == {"delta": 1.0}
    assert said.augment[0].fields() == {"probability": 0.5, "padding": 2}
    assert said.schedule.fields() == {"warmup": 0, "final": 0.0} and complete(recipe).loss is None
